package io.mempair.proxy.rebalance;

/**
 * The course of a rebalance of a pool with one copy: events in, steps out. The former servers lead until every key that moves has an
 * equal copy; then one switch, which either happens as a whole or not at all. Immutable and pure.
 *
 * @param phase    what it is doing
 * @param round    the attempt to fill the next servers, from 1
 * @param walked   whether every key was copied once in this round
 * @param spoiled  whether this round cannot succeed, although a switch is still being tried
 * @param aborting whether it is to be given up as soon as the switch that is being tried has failed
 */
public record Rebalance(RebalancePhase phase, int round, boolean walked, boolean spoiled, boolean aborting) {

    /** A step, and the state it leads to. */
    public record RebalanceDecision(Rebalance next, RebalanceStep step, String reason) {}

    /** At the beginning: the step is {@link RebalanceStep#SWEEP}. */
    public static final Rebalance BEGINNING = new Rebalance(RebalancePhase.SWEEP, 1, false, false, false);

    private static final String GOING_BACK = "the former servers are to serve again";

    /** What follows from this event. */
    public RebalanceDecision on(RebalanceEvent event) {
        if (phase.isOver()) {
            return stay("over");
        }
        if (event instanceof RebalanceEvent.FenceClosed) {
            return to(RebalancePhase.LEFT, RebalanceStep.STOP, "this node no longer serves");
        }
        return switch (phase) {
            case SWEEP, COPY -> whileFormerLeads(event);
            case SWITCH -> whileSwitching(event);
            case KEEP, RETURN -> whileKeeping(event);
            case SWITCH_BACK -> whileSwitchingBack(event);
            case TIDY ->
                event instanceof RebalanceEvent.Tidied
                        ? to(RebalancePhase.DONE, RebalanceStep.END, "nothing is left behind")
                        : stay("the next servers serve already");
            case UNDO ->
                event instanceof RebalanceEvent.Undone
                        ? to(RebalancePhase.ABORTED, RebalanceStep.END, "the former servers serve as before")
                        : stay("is being undone");
            case DONE, ABORTED, LEFT -> throw new AssertionError("over: " + this);
        };
    }

    private RebalanceDecision whileFormerLeads(RebalanceEvent event) {
        if (event instanceof RebalanceEvent.AbortWanted abort) {
            return undo(abort.reason());
        }
        if (event instanceof RebalanceEvent.Spoiled lost && lost.round() == round) {
            return again(lost.reason());
        }
        if (event instanceof RebalanceEvent.Swept swept && swept.round() == round && phase == RebalancePhase.SWEEP) {
            return to(RebalancePhase.COPY, RebalanceStep.COPY, "nothing of an earlier time is left");
        }
        if (event instanceof RebalanceEvent.Walked end && end.round() == round && phase == RebalancePhase.COPY) {
            return new RebalanceDecision(
                    new Rebalance(phase, round, true, false, false), RebalanceStep.WAIT, "every key was copied once");
        }
        if (event instanceof RebalanceEvent.Converged settled && settled.round() == round && walked) {
            return to(RebalancePhase.SWITCH, RebalanceStep.SWITCH, "few keys are late");
        }
        return stay("does not concern phase " + phase);
    }

    private RebalanceDecision whileSwitching(RebalanceEvent event) {
        if (event instanceof RebalanceEvent.Switched) {
            return to(
                    aborting ? RebalancePhase.RETURN : RebalancePhase.KEEP,
                    RebalanceStep.KEEP,
                    aborting ? GOING_BACK : "the next servers serve");
        }
        if (event instanceof RebalanceEvent.SwitchFailed failed) {
            if (aborting) {
                return undo("given up");
            }
            return spoiled ? again(failed.reason()) : to(RebalancePhase.COPY, RebalanceStep.WAIT, failed.reason());
        }
        if (event instanceof RebalanceEvent.AbortWanted) {
            return remember(spoiled, true, "given up unless the switch succeeds");
        }
        if (event instanceof RebalanceEvent.Spoiled lost && lost.round() == round) {
            return remember(true, aborting, lost.reason());
        }
        return stay("a switch is being tried");
    }

    private RebalanceDecision whileKeeping(RebalanceEvent event) {
        if (event instanceof RebalanceEvent.KeepEnded end) {
            return to(RebalancePhase.TIDY, RebalanceStep.TIDY, end.reason());
        }
        if (event instanceof RebalanceEvent.AbortWanted && phase == RebalancePhase.KEEP) {
            return to(RebalancePhase.RETURN, RebalanceStep.WAIT, GOING_BACK);
        }
        if (event instanceof RebalanceEvent.Converged && phase == RebalancePhase.RETURN) {
            return to(RebalancePhase.SWITCH_BACK, RebalanceStep.SWITCH_BACK, "few keys are late");
        }
        return stay("does not concern phase " + phase);
    }

    private RebalanceDecision whileSwitchingBack(RebalanceEvent event) {
        if (event instanceof RebalanceEvent.Switched) {
            return to(RebalancePhase.UNDO, RebalanceStep.UNDO, "the former servers serve again");
        }
        if (event instanceof RebalanceEvent.SwitchFailed failed) {
            return spoiled
                    ? to(RebalancePhase.TIDY, RebalanceStep.TIDY, failed.reason())
                    : to(RebalancePhase.RETURN, RebalanceStep.WAIT, failed.reason());
        }
        if (event instanceof RebalanceEvent.KeepEnded end) {
            return remember(true, false, end.reason());
        }
        return stay("a switch is being tried");
    }

    private RebalanceDecision to(RebalancePhase next, RebalanceStep step, String reason) {
        return new RebalanceDecision(new Rebalance(next, round, walked, false, false), step, reason);
    }

    private RebalanceDecision again(String reason) {
        return new RebalanceDecision(
                new Rebalance(RebalancePhase.SWEEP, round + 1, false, false, false), RebalanceStep.SWEEP, reason);
    }

    private RebalanceDecision undo(String reason) {
        return new RebalanceDecision(
                new Rebalance(RebalancePhase.UNDO, round, false, false, false), RebalanceStep.UNDO, reason);
    }

    private RebalanceDecision remember(boolean spoiledNow, boolean abortingNow, String reason) {
        return new RebalanceDecision(
                new Rebalance(phase, round, walked, spoiledNow, abortingNow), RebalanceStep.WAIT, reason);
    }

    private RebalanceDecision stay(String reason) {
        return new RebalanceDecision(this, RebalanceStep.WAIT, reason);
    }
}
