package io.mempair.ha.cli;

import io.mempair.ha.agent.Reloading;
import io.mempair.ha.config.ConfigChange;
import io.mempair.ha.config.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The file a program runs by: read again, compared with what runs, applied as a whole or not at all. One reload at a
 * time.
 *
 * @param <C>  what the file is read into
 */
final class FileReload<C> implements Reloading.ReloadAttempt {

    /** Reads the file into a record. */
    interface FileReader<C> {
        C read(Path file) throws ConfigException;
    }

    /** Disks under load take seconds; callers wait for longer. */
    private static final Duration READ_LIMIT = Duration.ofSeconds(5);

    private final Path file;
    private final TimedReader<C> reader;
    private final BiFunction<C, C, ConfigChange> difference;
    private final Function<C, CompletionStage<String>> apply;
    private volatile C running;

    /**
     * @param running     what the program was started with
     * @param difference  from the running configuration to the wanted one
     * @param apply       completes, with a remark for the operator or an empty text, once the program runs by it; fails with
     *     {@link IllegalArgumentException} when the configuration is to blame and nothing has changed
     */
    FileReload(
            Path file,
            C running,
            FileReader<C> reader,
            BiFunction<C, C, ConfigChange> difference,
            Function<C, CompletionStage<String>> apply) {
        this(file, running, reader, READ_LIMIT, difference, apply);
    }

    /** @param limit  time for reading the file */
    FileReload(
            Path file,
            C running,
            FileReader<C> reader,
            Duration limit,
            BiFunction<C, C, ConfigChange> difference,
            Function<C, CompletionStage<String>> apply) {
        this.file = file;
        this.running = running;
        this.reader = new TimedReader<>(reader, limit);
        this.difference = difference;
        this.apply = apply;
    }

    /** What the program runs by. Any thread. */
    C running() {
        return running;
    }

    @Override
    public CompletionStage<String> begin() throws ConfigException {
        C wanted = reader.read(file);
        ConfigChange change = difference.apply(running, wanted);
        change.requireReloadable(file);
        return apply.apply(wanted)
                .thenApply(remark -> {
                    running = wanted;
                    return file + ": " + change + remark;
                })
                .exceptionally(failure -> {
                    throw new CompletionException(judged(failure));
                });
    }

    @Override
    public String preview() throws ConfigException {
        ConfigChange change = difference.apply(running, reader.read(file));
        change.requireReloadable(file);
        return file + ": a reload would apply: " + change;
    }

    /** What the program cannot do because of what the file says is the file's fault, although each value may be right. */
    private Throwable judged(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof IllegalArgumentException
                ? new ConfigException(List.of(file + ": " + cause.getMessage()))
                : cause;
    }
}
