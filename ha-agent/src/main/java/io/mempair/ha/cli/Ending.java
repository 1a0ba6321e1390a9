package io.mempair.ha.cli;

import ch.qos.logback.classic.LoggerContext;
import io.mempair.ha.thread.VitalThread;
import io.mempair.proxy.loop.Defects;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of the process because something it cannot do without has broken: exit code 1 at once, in whatever state the
 * process is. Nothing is stopped in order, because what would have to do it may be what broke: the kernel closes the pipe
 * of the guard, which drops the address, and the peer takes over as after a crash. Any thread.
 */
final class Ending {

    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

    /** How long saying why may take: nobody may be reading the log. */
    private static final long SAYING_MILLIS = 500;

    /** Names a pipe, in which a byte appears when the heap is full; set by the start script. */
    private static final String HEAP_FULL_PIPE = "mempair.heap-full";

    private static final AtomicBoolean BEGUN = new AtomicBoolean();
    private static final CountDownLatch WANTED = new CountDownLatch(1);
    private static final CountDownLatch SAID = new CountDownLatch(1);

    private Ending() {}

    /**
     * From now on what ends a thread that others depend on ends the process, and so does an error of the JVM (no memory,
     * say) that is thrown to nobody, or was caught by somebody who could only log it, as Netty does.
     */
    static void armed() {
        Thread.setDefaultUncaughtExceptionHandler(Ending::uncaught);
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.addTurboFilter(new FatalErrors(Ending::now));
        }
        // made now: later there may be no memory for a thread
        startDaemon(Ending::haltWhenWanted, "mempair-ending");
        String heapFull = System.getProperty(HEAP_FULL_PIPE);
        if (heapFull != null) {
            startDaemon(() -> endWhenHeapIsFull(heapFull), "mempair-heap-full");
        }
    }

    private static void startDaemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** The JVM writes into the pipe, whoever caught the error. Takes no heap from the first read on. */
    private static void endWhenHeapIsFull(String pipe) {
        byte[] signal = new byte[1];
        Error heapFull = new OutOfMemoryError("Java heap space"); // later there is no memory for it
        try (FileInputStream in = new FileInputStream(pipe)) {
            if (in.read(signal) > 0) {
                now(heapFull);
            }
        } catch (IOException e) {
            LOG.warn("with a full heap this process is killed by a signal: {}: {}", pipe, e.getMessage());
        }
    }

    /** What fails here, nobody can do without. */
    static void when(CompletionStage<Void> ended) {
        ended.exceptionally(broken -> {
            now(broken);
            return null;
        });
    }

    private static void uncaught(Thread thread, Throwable thrown) {
        if (thread instanceof VitalThread || Defects.endsProcess(thrown)) {
            now(thrown);
        }
        LOG.error("internal error: thread {} ended", thread.getName(), thrown);
    }

    /** Ends the process; returns only to a second caller, who has nothing left to do. */
    static void now(Throwable cause) {
        if (!BEGUN.compareAndSet(false, true)) {
            return;
        }
        WANTED.countDown();
        try {
            LOG.error("exiting immediately with code 1 because of", cause);
        } finally {
            SAID.countDown();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void haltWhenWanted() {
        try {
            WANTED.await();
        } catch (InterruptedException e) {
            return; // nobody does
        }
        try {
            SAID.await(SAYING_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // nobody does
        } finally {
            Runtime.getRuntime().halt(1); // also without memory for the wait
        }
    }
}
