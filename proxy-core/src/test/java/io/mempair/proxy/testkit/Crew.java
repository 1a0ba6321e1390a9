package io.mempair.proxy.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Threads of a test that work at the same time. The first failure ends the work of all and is the test's. */
public final class Crew implements AutoCloseable {

    /** What a thread does; it looks at {@link Crew#goesOn} at least every few seconds. */
    public interface Task {
        void run() throws Exception;
    }

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean stopped;

    /** Has a thread of that name do {@code task}. */
    public void start(String name, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (Throwable e) {
                        failure.compareAndSet(null, e);
                    }
                },
                name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    /** Whether nobody has failed and nobody has said stop. */
    public boolean goesOn() {
        return !stopped && failure.get() == null;
    }

    /** Asks all to end. */
    public void stop() {
        stopped = true;
    }

    /** Throws the first failure, if there is one. */
    public void check() {
        Throwable first = failure.get();
        if (first != null) {
            throw new AssertionError(first.getMessage(), first);
        }
    }

    /** Waits until all have ended, and throws the first failure. */
    public void await(Duration longest) throws InterruptedException {
        long endNanos = System.nanoTime() + longest.toNanos();
        for (Thread thread : threads) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
            while (thread.isAlive() && leftMillis > 0) {
                TimeUnit.MILLISECONDS.timedJoin(thread, Math.min(leftMillis, 1_000));
                leftMillis = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
            }
            check();
            if (thread.isAlive()) {
                AssertionError stuck = new AssertionError(thread.getName() + " has not ended in " + longest);
                stuck.setStackTrace(thread.getStackTrace());
                throw stuck;
            }
        }
    }

    /** Asks all to end and gives them some seconds. */
    @Override
    public void close() throws InterruptedException {
        stop();
        for (Thread thread : threads) {
            TimeUnit.SECONDS.timedJoin(thread, 30);
        }
    }
}
