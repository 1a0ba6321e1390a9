package io.mempair.ha.metrics;

import java.util.List;

/**
 * The latencies on the page, declared once. What {@link #REQUESTS} has more than {@link #SERVERS} is the proxy's own, or
 * waited for an earlier answer of the same client.
 */
public enum LatencyFamily {
    SERVERS(
            "mempair_proxy_server_latency_seconds",
            "Time from handing a request to a server's connection to the end of the answer",
            "server",
            "tier",
            "command"),
    REQUESTS(
            "mempair_proxy_request_latency_seconds",
            "Time from taking a client's request until its whole answer is on the way to the client",
            "command");

    private final String metric;
    private final String meaning;

    @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed
    private final List<String> labels;

    LatencyFamily(String metric, String meaning, String... labels) {
        this.metric = metric;
        this.meaning = meaning;
        this.labels = List.of(labels);
    }

    /** As it is on the page, before {@code _bucket}, {@code _count} and {@code _sum}. */
    public String metric() {
        return metric;
    }

    /** One line for the operator. */
    public String meaning() {
        return meaning;
    }

    /** Names of its labels. */
    public List<String> labels() {
        return labels;
    }
}
