package io.mempair.proxy.server;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.testkit.RunningProxy;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Says why a proxy does not go on: what its loops do, and what waits on each. */
public final class QuiescedReloads {

    private static final int ANSWER_SECONDS = 5;
    private static final String LOOP_THREADS = "mempair-loop";

    private QuiescedReloads() {}

    /** For the message of a test that waited in vain. */
    public static String describe(RunningProxy proxy) throws InterruptedException {
        StringBuilder text = new StringBuilder(threads());
        for (OneLoop loop : proxy.server().loops()) {
            text.append("\nloop: ");
            try {
                text.append(loop.supply(() -> waitsOf(loop)).get(ANSWER_SECONDS, TimeUnit.SECONDS));
            } catch (ExecutionException | TimeoutException e) {
                text.append("does not say what waits: ").append(e);
            }
        }
        return text.toString();
    }

    private static String waitsOf(OneLoop loop) {
        String servers =
                loop.plan().pool().all().stream().map(QuiescedReloads::stateOf).collect(Collectors.joining(", "));
        return "order of writes: " + loop.plan().order().describe() + "\n  servers " + servers + "\n  congested "
                + loop.plan().pool().backpressure().present() + ", keys to refill "
                + loop.plan().refills().pending();
    }

    private static String stateOf(ServerConnection server) {
        return server.state().address() + (server.usable() ? " usable" : " not usable") + " in flight "
                + server.inFlight() + " status " + server.state().replica().status() + " draining "
                + server.state().draining() + " journaled "
                + server.state().replica().missedWrites().journaledKeys();
    }

    private static String threads() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().startsWith(LOOP_THREADS))
                .map(thread -> thread.getKey().getName() + " is at " + Arrays.toString(thread.getValue()))
                .collect(Collectors.joining("\n"));
    }
}
