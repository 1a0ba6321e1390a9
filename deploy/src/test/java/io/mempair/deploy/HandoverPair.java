package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A pair of the lab whose nodes hand connections over, and what is asked of it. */
final class HandoverPair {

    private final Lab lab;

    HandoverPair(Lab lab) {
        this.lab = lab;
    }

    /** Writes the file of a node with {@code group.handover} and a change of the test's own, and starts it. */
    Process start(String node, String handover, UnaryOperator<String> change) {
        lab.writeConfig(node, Map.of());
        lab.rewrite(node, file -> change.apply(file.replace("  profile:", "  handover: " + handover + "\n  profile:")));
        return lab.startMember(node, "node", "node", lab.config(node));
    }

    /** Two nodes that are ready to hand over: a is active. */
    void start(UnaryOperator<String> change) {
        start("a", "auto", change);
        lab.until("a is active", () -> lab.isActive("a"));
        start("b", "auto", change);
        untilReady();
    }

    /** Until both nodes say that they can. */
    void untilReady() {
        for (String node : new String[] {"a", "b"}) {
            lab.until(
                    node + " says that a planned change keeps connections",
                    () -> lab.http(node, "/status").contains("\"handover\":{\"possible\":true,"));
        }
    }

    static String other(String node) {
        return node.equals("a") ? "b" : "a";
    }

    /** Switches over while clients count, so often; returns the active node. */
    String switchOver(CountingClients clients, String active, int times) throws Exception {
        String now = active;
        for (int i = 0; i < times; i++) {
            String from = now;
            CompletableFuture<Run> switchover = CompletableFuture.supplyAsync(() -> lab.switchover(from));
            clients.countUntil("switchover " + i, switchover::isDone);
            assertThat(switchover.get(10, TimeUnit.SECONDS).orFail()).contains("is active");
            now = other(from);
            assertThat(lab.isActive(now)).isTrue();
            assertThat(lab.holdsAddress(from)).isFalse();
        }
        return now;
    }

    /** Connections that this node has handed over, or not for this reason, since it started. */
    double counted(String node, String result) throws IOException {
        return metric(node, "mempair_handover_connections_total{result=\"" + result + "\"} ");
    }

    /** Segments that connections which this node has taken sent again soon after. */
    double retransmitted(String node) throws IOException {
        return metric(node, "mempair_handover_retransmissions_total ");
    }

    private double metric(String node, String line) throws IOException {
        return lab.http(node, "/metrics")
                .lines()
                .filter(metric -> metric.startsWith(line))
                .mapToDouble(metric -> Double.parseDouble(metric.substring(line.length())))
                .sum();
    }
}
