package io.mempair.ha.handover;

/**
 * What a node says of itself about hand-overs of connections, as either side of one. The codes are on the wire: they stay, and
 * are less than 8.
 */
public enum HandoverAbility {
    /** Nothing: it runs an older version, or has no clients. */
    UNSAID(0),
    /** {@code group.handover} is off there. */
    OFF(1),
    /** Its host does not let it. */
    IMPOSSIBLE(2),
    /** It can. */
    POSSIBLE(3),
    /** It can, and its host keeps the packets that come meanwhile. */
    HOLDING(4);

    private final int code;

    HandoverAbility(int code) {
        this.code = code;
    }

    /** On the wire: three bits. */
    public int code() {
        return code;
    }

    /** Whether it can. */
    public boolean isPossible() {
        return this == POSSIBLE || this == HOLDING;
    }

    /** Of a code; one that a later version made means that it can. */
    public static HandoverAbility of(int code) {
        return switch (code) {
            case 0 -> UNSAID;
            case 1 -> OFF;
            case 2 -> IMPOSSIBLE;
            case 4 -> HOLDING;
            default -> POSSIBLE;
        };
    }
}
