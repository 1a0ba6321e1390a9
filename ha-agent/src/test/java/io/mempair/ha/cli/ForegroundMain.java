package io.mempair.ha.cli;

import io.mempair.ha.thread.VitalThread;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;
import java.util.concurrent.CompletableFuture;
import org.slf4j.LoggerFactory;

/**
 * What {@code mempair node} does around its node; each line of input is something that breaks.
 * Says that it runs once it waits for its end.
 */
final class ForegroundMain {

    private static final CompletableFuture<Void> ENDED = new CompletableFuture<>();

    private ForegroundMain() {}

    public static void main(String[] arguments) throws Exception {
        Ending.armed();
        Ending.when(ENDED);
        Thread main = Thread.currentThread();
        Thread breaker = new Thread(() -> {
            while (main.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            System.out.println("running");
            Scanner lines = new Scanner(System.in, StandardCharsets.UTF_8);
            while (lines.hasNextLine()) {
                breakdown(lines.nextLine());
            }
        });
        breaker.setDaemon(true);
        breaker.start();
        Foreground.untilSignal(() -> {
            System.out.println("stop was called");
            return CompletableFuture.completedFuture(null);
        });
    }

    private static void breakdown(String what) {
        var netty = LoggerFactory.getLogger("io.netty.util.concurrent.AbstractEventExecutor");
        switch (what) {
            case "node" -> ENDED.completeExceptionally(new IllegalStateException("the test broke it"));
            case "long story" -> ENDED.completeExceptionally(new IllegalStateException("x".repeat(1 << 20)));
            case "vital thread" -> new VitalThread(ForegroundMain::fail, "vital").start();
            case "other thread" -> {
                Thread other = new Thread(ForegroundMain::fail, "other");
                other.start();
                try {
                    other.join();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                System.out.println("went on");
            }
            case "memory in another thread" -> new Thread(ForegroundMain::runOut, "other").start();
            case "memory in a task" ->
                netty.warn(
                        "A task raised an exception. Task: {}",
                        what,
                        new IllegalStateException(new OutOfMemoryError("injected")));
            case "memory, hardly said" -> netty.trace("trouble {} {}", 1, 2, new OutOfMemoryError("injected"));
            default -> throw new AssertionError(what);
        }
    }

    private static void fail() {
        throw new IllegalStateException("injected");
    }

    private static void runOut() {
        throw new OutOfMemoryError("injected");
    }
}
