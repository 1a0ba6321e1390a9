package io.mempair.ha.handover;

import org.jspecify.annotations.Nullable;

/**
 * Whether the next planned change of the active node would keep the clients' connections, as far as it can be known
 * beforehand. Pure.
 *
 * @param possible  whether it would
 * @param wanted    whether the operator has asked for it, so that it is worth a warning if it is not possible
 * @param text      for a person: that it would, or why not and what to do
 */
public record HandoverOutlook(boolean possible, boolean wanted, String text) {

    /** At a node that does not hold packets. */
    private static final String WITHOUT_HOLD =
            ", each with one answer that is late by 0.2 to 0.3 s, because packets are not"
                    + " held meanwhile on both hosts (`mempair check-config` there says why)";

    /** A node that is heard now, and what it says of itself. */
    public record HandoverPeer(String name, HandoverAbility ability) {}

    /**
     * That of a node.
     *
     * @param own     what it says of itself
     * @param whyNot  why its host does not let it, with a remedy; null if it does, or that is said elsewhere
     * @param peer    the other node, or null while none is heard
     */
    public static HandoverOutlook of(HandoverAbility own, @Nullable String whyNot, @Nullable HandoverPeer peer) {
        return switch (own) {
            case UNSAID -> new HandoverOutlook(false, false, "not known yet");
            case OFF ->
                new HandoverOutlook(
                        false, false, "off: a planned change closes the clients' connections (group.handover)");
            case IMPOSSIBLE ->
                closes(whyNot == null ? "this host does not let them be moved, see the warning" : whyNot);
            case POSSIBLE, HOLDING ->
                peer == null ? closes("no other node is heard that could take them") : with(own, peer);
        };
    }

    private static HandoverOutlook with(HandoverAbility own, HandoverPeer peer) {
        String name = peer.name();
        boolean holding = own == HandoverAbility.HOLDING && peer.ability() == HandoverAbility.HOLDING;
        return switch (peer.ability()) {
            case POSSIBLE, HOLDING ->
                new HandoverOutlook(
                        true,
                        true,
                        "possible with " + name + ": a planned change keeps the clients' connections"
                                + (holding ? ", and packets that come meanwhile are held" : WITHOUT_HOLD));
            case IMPOSSIBLE -> closes(name + " cannot take them (remedy: see the warning of `mempair status` there)");
            case OFF -> closes("group.handover is off at " + name + " (remedy: group.handover: auto there too)");
            case UNSAID ->
                closes(name + " does not say that it can take them (remedy: the same version of mempair there)");
        };
    }

    private static HandoverOutlook closes(String why) {
        return new HandoverOutlook(false, true, "a planned change closes the clients' connections: " + why);
    }
}
