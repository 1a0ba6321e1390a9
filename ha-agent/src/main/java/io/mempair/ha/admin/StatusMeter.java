package io.mempair.ha.admin;

import java.util.List;

/**
 * The gauges made of a {@code NodeStatus} when the page is asked for, declared once. What is counted while the node runs is in
 * {@link io.mempair.ha.metrics.PairMeter} and {@code ProxyMeter}.
 */
enum StatusMeter {
    BUILD_INFO("mempair_build_info", "Always 1; the labels say what runs", "version", "java_version"),
    ROLE("mempair_role", "1 for the role of this node, 0 for the others; absent at a proxy alone", "role"),
    FIT("mempair_fit", "1 if nothing keeps this node from being active; absent at a witness and a proxy alone"),
    SERVING(
            "mempair_serving",
            "1 if this program serves clients: the port open and, in a pair, active with the address"),
    ADDRESS_INFO(
            "mempair_address_info",
            "Always 1; the labels say which virtual address the node claims when it is active, and where",
            "address",
            "interface"),
    MAINTENANCE("mempair_maintenance", "1 while the operator has taken this node out; absent at a proxy alone"),
    CHECK_GOOD("mempair_check_good", "1 if the check says that the node is fit", "check"),
    WARNINGS("mempair_warnings", "What the operator should know although the node is fit: status tells each"),
    PEER_ALIVE("mempair_peer_alive", "1 if the peer was heard within the lease time", "peer"),
    PEER_LAST_HEARD("mempair_peer_last_heard_timestamp_seconds", "Unix time at which the peer was heard last", "peer"),
    PEER_STOPPED(
            "mempair_peer_stopped",
            "1 if the peer said that it stops, and was not heard since: somebody stopped it",
            "peer"),
    PEER_ROUND_TRIP(
            "mempair_peer_round_trip_seconds",
            "How long the peer took to answer the last request of this node for support; absent unless this node is active",
            "peer"),
    CERTIFICATE_END(
            "mempair_certificate_not_after_timestamp_seconds",
            "Unix time until when a certificate of the file is valid; key is the one of the file",
            "key",
            "subject"),
    RELOAD_SUCCESSFUL("mempair_reload_successful", "1 if the last reload was applied, or there was none"),
    RELOAD_TIME(
            "mempair_reload_timestamp_seconds",
            "Unix time of the last reload, applied or not; absent when there was none"),
    REFILL_KEYS(
            "mempair_proxy_server_refill_keys",
            "Keys of a refill in bulk: named by the other copies so far, copied, and all they said they have",
            "server",
            "tier",
            "status"),
    BUFFER_MEMORY("mempair_buffer_memory_bytes", "Memory of the buffers for clients and servers", "type");

    private final String metric;
    private final String meaning;

    @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed
    private final List<String> labels;

    StatusMeter(String metric, String meaning, String... labels) {
        this.metric = metric;
        this.meaning = meaning;
        this.labels = List.of(labels);
    }

    /** As Prometheus knows it. */
    String metric() {
        return metric;
    }

    /** One line for the operator. */
    String meaning() {
        return meaning;
    }

    /** Names of its labels. */
    List<String> labels() {
        return labels;
    }
}
