package io.mempair.proxy.tls;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that compute signatures and keys of handshakes with clients: a millisecond each, which a loop would not serve
 * anybody in. They start with the first handshake and end when there is none for a while. Any thread.
 */
public final class HandshakeThreads implements Executor, AutoCloseable {

    /** Most handshakes that wait. Behind them a client would wait for longer than its own timeout. */
    private static final int MOST_WAITING = 4_096;

    private static final int MOST_THREADS = 4;
    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor threads;

    /** @param name  of the threads, which get numbers */
    public HandshakeThreads(String name) {
        this(name, Math.max(1, Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors() / 2)), MOST_WAITING);
    }

    HandshakeThreads(String name, int count, int mostWaiting) {
        this.threads = new ThreadPoolExecutor(
                count,
                count,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(mostWaiting),
                new DefaultThreadFactory(name, true));
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Runs a part of a handshake on one of the threads.
     *
     * @throws RejectedExecutionException if too many wait, or this is closed; the connection then fails
     */
    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }

    /** Handshakes that wait for a thread. */
    public int waiting() {
        return threads.getQueue().size();
    }

    /** Ends the threads; what waits is dropped, with the connections it belongs to. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
