package io.mempair.proxy.replication;

/**
 * Which layout of servers leads, and what becomes of another one: what the active node tells the standby, and by what the standby
 * goes on when it takes over. Layouts are texts of {@link io.mempair.proxy.config.LayoutText}. Immutable and pure.
 *
 * @param leading  the layout that clients are served by; empty if nothing was told
 * @param other    the layout to which, or from which, keys move; empty only if {@link LayoutStage#SETTLED}
 * @param stage    where that stands
 */
public record LayoutKnowledge(String leading, String other, LayoutStage stage) {

    /** Nothing was told: each node goes by its own file. */
    public static final LayoutKnowledge NONE = new LayoutKnowledge("", "", LayoutStage.SETTLED);

    /**
     * What the markers of the servers say about two layouts.
     *
     * @param firstLeads   some server says that the layout leads that was told to, and the other one is behind
     * @param otherLeads   some server says the opposite
     * @param isAnswered   some server of the other layout has answered
     */
    public record MarkersSeen(boolean firstLeads, boolean otherLeads, boolean isAnswered) {

        /** As a line of the log tells it. */
        @Override
        public String toString() {
            if (firstLeads && otherLeads) {
                return "contradict each other";
            }
            if (firstLeads || otherLeads) {
                return firstLeads ? "say that its list leads" : "say that the other list leads";
            }
            return isAnswered ? "are gone" : "cannot be seen";
        }
    }

    public LayoutKnowledge {
        if (other.isEmpty() != (stage == LayoutStage.SETTLED) || (leading.isEmpty() && !other.isEmpty())) {
            throw new IllegalArgumentException("layout: stage " + stage + " of '" + leading + "' and '" + other + '\'');
        }
    }

    /** This layout leads, and no keys move. */
    public static LayoutKnowledge settled(String leading) {
        return new LayoutKnowledge(leading, "", LayoutStage.SETTLED);
    }

    /** Whether a node told anything. */
    public boolean isTold() {
        return !leading.isEmpty();
    }

    /** Whether keys move, or what moved is being tidied up. */
    public boolean isMoving() {
        return stage != LayoutStage.SETTLED;
    }

    /**
     * What is so for a node that takes over, which has lost track of the late keys: it fills the other layout anew, or empties it.
     *
     * <p>While a switch was tried both layouts were equal and no client was served, so either may lead, unless the active node
     * went on: then it either finished the switch, after the last marker on the servers that were to lead was gone, or put these
     * markers back. In any other stage what was told is known to be so if this node was heard; one that was cut off may have missed a
     * switch, which only the markers tell.
     */
    public LayoutKnowledge atTakeOver(MarkersSeen seen) {
        return switch (stage) {
            case SETTLED -> this;
            case FILLING -> missedSwitch(seen) ? otherLeads(LayoutStage.KEEPING) : this;
            case SWITCHING -> switched(seen) ? otherLeads(LayoutStage.KEEPING) : with(LayoutStage.FILLING);
            case DROPPING -> missedSwitch(seen) ? otherLeads(LayoutStage.KEEPING) : this;
            case KEEPING -> missedSwitch(seen) ? otherLeads(LayoutStage.DROPPING) : this;
            case RETURNING -> switched(seen) ? otherLeads(LayoutStage.DROPPING) : with(LayoutStage.KEEPING);
        };
    }

    private static boolean missedSwitch(MarkersSeen seen) {
        return seen.otherLeads() && !seen.firstLeads();
    }

    private static boolean switched(MarkersSeen seen) {
        return (seen.otherLeads() || seen.isAnswered()) && !seen.firstLeads();
    }

    private LayoutKnowledge with(LayoutStage next) {
        return new LayoutKnowledge(leading, other, next);
    }

    private LayoutKnowledge otherLeads(LayoutStage next) {
        String leader = other;
        String second = leading;
        return new LayoutKnowledge(leader, second, next);
    }
}
