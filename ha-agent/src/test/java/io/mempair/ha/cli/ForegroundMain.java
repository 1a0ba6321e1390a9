package io.mempair.ha.cli;

import java.nio.charset.StandardCharsets;
import java.util.Scanner;
import java.util.concurrent.CompletableFuture;

/**
 * What {@code mempair node} does around its node; the first line of input breaks the node.
 * Says that it runs once it waits for its end.
 */
final class ForegroundMain {

    private ForegroundMain() {}

    public static void main(String[] arguments) throws Exception {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Thread main = Thread.currentThread();
        Thread breaker = new Thread(() -> {
            while (main.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            System.out.println("running");
            if (new Scanner(System.in, StandardCharsets.UTF_8).hasNextLine()) {
                ended.completeExceptionally(new IllegalStateException("the test broke it"));
            }
        });
        breaker.setDaemon(true);
        breaker.start();
        Foreground.untilSignal(
                () -> {
                    System.out.println("stop was called");
                    return CompletableFuture.completedFuture(null);
                },
                ended);
        System.exit(1);
    }
}
