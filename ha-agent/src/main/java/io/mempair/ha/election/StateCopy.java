package io.mempair.ha.election;

/**
 * How recent a member's copy of the servers' state is, and the rules by which it is replaced and acknowledged. Immutable and
 * pure; what the copy holds is kept elsewhere.
 *
 * @param version  how recent it is
 * @param adopted  whether another member sent it; if not, this node determined it in its own reign
 */
public record StateCopy(StateVersion version, boolean adopted) {

    /** No state: of a member that has just started. */
    public static final StateCopy NONE = new StateCopy(StateVersion.NONE, false);

    /**
     * A state that another member sent.
     *
     * @param from         name of the sender
     * @param incarnation  of the sender
     * @param version      how recent it is
     */
    public record Offer(String from, long incarnation, StateVersion version) {}

    /**
     * What a member does with an {@link Offer}.
     *
     * @param copy          its copy from now on
     * @param isNew         whether that is the offered one, and was not before
     * @param acknowledged  whether it acknowledges the offer. It does so again and again, as an acknowledgement may be lost
     */
    public record Receipt(StateCopy copy, boolean isNew, boolean acknowledged) {}

    /** The copy of a node that has determined this state itself. */
    public static StateCopy own(StateVersion determined) {
        return new StateCopy(determined, false);
    }

    /** Whether a node may adopt a state: not once its election has decided to claim. */
    public static boolean mayBeAdopted(Election election) {
        return election.role() != Role.ACTIVE && !election.mayHaveAddress();
    }

    /**
     * A node is sent a state. It adopts a more recent one, and acknowledges that of the active node only.
     *
     * <p>After a cut of a pair without a witness both nodes may have reigned in the same epoch; the one that goes on then
     * determines the state, whatever its version is.
     */
    public Receipt receivedByNode(Offer offer, Election election) {
        if (!mayBeAdopted(election)) {
            return new Receipt(this, false, false);
        }
        boolean active = isActive(offer, election);
        boolean ofRival = active && !adopted && offer.version().epoch() == version.epoch();
        return received(offer, ofRival, active);
    }

    /**
     * The witness is sent a state. Once it has voted for another node, it must not tell the earlier holder that a change is
     * safe: the other may have been sent the state before.
     */
    public Receipt receivedByWitness(Offer offer, Election election) {
        return received(offer, false, offer.version().epoch() >= election.epoch());
    }

    private Receipt received(Offer offer, boolean replaces, boolean counts) {
        boolean isNew = replaces || offer.version().isNewerThan(version);
        StateCopy next = isNew ? new StateCopy(offer.version(), true) : this;
        return new Receipt(next, isNew, counts && next.version.equals(offer.version()));
    }

    /** Whether the election considers the sender active in that reign. If not yet, the next repetition counts. */
    private static boolean isActive(Offer offer, Election election) {
        return election.peers().stream()
                .anyMatch(peer -> peer.name().equals(offer.from())
                        && peer.incarnation() == offer.incarnation()
                        && peer.holds()
                        && peer.reignEpoch() == offer.version().epoch());
    }
}
