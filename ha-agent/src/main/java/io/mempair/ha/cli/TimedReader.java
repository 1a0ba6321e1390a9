package io.mempair.ha.cli;

import io.mempair.ha.cli.FileReload.FileReader;
import io.mempair.ha.config.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file, and the files it names, on a thread of its own: a file system that does not answer, as one of a lost NFS server, keeps the
 * thread that asks it, for ever. What is read too late is thrown away. One caller at a time.
 *
 * @param <C>  what the file is read into
 */
final class TimedReader<C> {

    /** Threads; each may hang, so the file can be asked for again after it was replaced. */
    static final int MAX_HANGING = 4;

    private static final String REMEDY =
            " (expected: a file system that answers: mount it anew, or put the files on a local disk, and reload again)";

    private final FileReader<C> reader;
    private final Duration limit;
    private final AtomicInteger hanging = new AtomicInteger();

    TimedReader(FileReader<C> reader, Duration limit) {
        this.reader = reader;
        this.limit = limit;
    }

    /**
     * Blocks, for the limit at most.
     *
     * @throws ConfigException if the file is wrong
     * @throws IllegalStateException with words for the operator, if it is not read in time
     */
    C read(Path file) throws ConfigException {
        if (hanging.get() >= MAX_HANGING) {
            throw new IllegalStateException(file + ": " + MAX_HANGING
                    + " reloads still wait for it, or for a file it names" + REMEDY + "; this one has not tried");
        }
        FutureTask<C> reading = new FutureTask<>(() -> {
            try {
                return reader.read(file);
            } finally {
                hanging.decrementAndGet();
            }
        });
        hanging.incrementAndGet();
        Thread thread = new Thread(reading, "mempair-reload-read");
        thread.setDaemon(true);
        thread.start();
        try {
            return reading.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    file + ": it, or a file it names, could not be read within " + limit.toMillis() + " ms" + REMEDY,
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading " + file, e);
        } catch (ExecutionException e) {
            throw thrown(e.getCause(), e);
        }
    }

    /** As if the caller had read it itself: an error of the JVM too. */
    private static ConfigException thrown(@Nullable Throwable cause, ExecutionException wrapped) {
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (cause instanceof ConfigException wrong) {
            return wrong;
        }
        throw new IllegalStateException(wrapped);
    }
}
