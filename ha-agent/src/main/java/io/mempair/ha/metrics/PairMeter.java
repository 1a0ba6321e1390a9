package io.mempair.ha.metrics;

/** Every meter of the pair, declared once. Names are Micrometer's; Prometheus sees {@code mempair_epoch} and so on. */
public enum PairMeter {
    EPOCH("mempair.epoch", Type.GAUGE, "", "the highest epoch this node knows of; rises with every take-over"),
    HOLDS_ADDRESS("mempair.holds.address", Type.GAUGE, "", "1 when the interface carries the virtual address"),
    LEASE_REMAINING("mempair.lease.remaining", Type.GAUGE, "seconds", "how long this node may still serve; 0 without"),
    PEER_HEARD("mempair.peer.heard", Type.GAUGE, "seconds", "since a peer was last heard; NaN when none ever was"),
    PLACEMENT_DIFFERS(
            "mempair.placement.differs",
            Type.GAUGE,
            "",
            "1 while a peer is heard that places keys differently from this node, for example because its server list differs"),
    TRANSITIONS("mempair.transitions", Type.COUNTER, "", "changes of role, by the class of their reason"),
    HEARTBEATS_SENT("mempair.heartbeats.sent", Type.COUNTER, "", "heartbeats handed to the transport"),
    HEARTBEATS_RECEIVED("mempair.heartbeats.received", Type.COUNTER, "", "heartbeats heard"),
    MESSAGES_IGNORED("mempair.messages.ignored", Type.COUNTER, "", "messages that were none of ours"),
    EVENTS_DROPPED("mempair.events.dropped", Type.COUNTER, "", "events the full queue of the agent had no room for"),
    PAUSES("mempair.pauses", Type.TIMER, "seconds", "pauses of the process longer than 50 ms, as its agent saw them"),
    ADDRESS_CONFLICTS(
            "mempair.address.conflicts", Type.COUNTER, "", "how often another host answered for a virtual address"),
    GUARD_RESTARTS("mempair.guard.restarts", Type.COUNTER, "", "how often the guard died and was started again"),
    HANDOVER_CONNECTIONS(
            "mempair.handover.connections",
            Type.COUNTER,
            "",
            "connections of clients at hand-overs of this node, moved or by the reason why not"),
    HANDOVER("mempair.handover", Type.SUMMARY, "seconds", "from the last request begun to the commit of a hand-over"),
    HANDOVER_RETRANSMISSIONS(
            "mempair.handover.retransmissions",
            Type.COUNTER,
            "",
            "segments that connections taken over by this node sent again within 5 s"),
    HANDOVERS_FAILED("mempair.handovers.failed", Type.COUNTER, "", "hand-overs begun by this node and not committed");

    /** What kind of meter it is. */
    public enum Type {
        GAUGE,
        COUNTER,
        SUMMARY,
        /** A histogram of durations. */
        TIMER
    }

    private final String meterName;
    private final Type type;
    private final String unit;
    private final String meaning;

    PairMeter(String meterName, Type type, String unit, String meaning) {
        this.meterName = meterName;
        this.type = type;
        this.unit = unit;
        this.meaning = meaning;
    }

    /** As Micrometer knows it. */
    public String meterName() {
        return meterName;
    }

    /** What kind of meter it is. */
    public Type type() {
        return type;
    }

    /** Base unit, or empty. */
    public String unit() {
        return unit;
    }

    /** One line for the operator. */
    public String meaning() {
        return meaning;
    }
}
