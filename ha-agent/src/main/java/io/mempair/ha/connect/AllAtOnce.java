package io.mempair.ha.connect;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Questions to several hosts, asked side by side, so that those that do not answer cost the time of one. */
public final class AllAtOnce {

    /** More wait for these. */
    private static final int THREADS = 16;

    private AllAtOnce() {}

    /**
     * The answers, in the order of the questions; blocks until all are there. Each question bounds its time itself and does not
     * fail.
     *
     * @param name  of the threads
     */
    public static <T> List<T> ask(String name, List<Supplier<T>> questions) {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<CompletableFuture<T>> asked = questions.stream()
                    .map(question -> CompletableFuture.supplyAsync(question, threads))
                    .toList();
            return asked.stream().map(CompletableFuture::join).toList();
        } finally {
            threads.shutdownNow();
        }
    }
}
