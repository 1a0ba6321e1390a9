package io.mempair.ha.election;

import io.mempair.ha.election.Reason.Cause;
import java.util.Objects;

/** Maintenance: the operator takes a node out and returns it. In between it is not fit, whatever its checks say. */
final class Maintenance {

    private Maintenance() {}

    static void onRequest(ElectionContext turn, boolean standby) {
        State state = turn.state;
        if (state.closing) {
            turn.emit(new Effect.MaintenanceFailed("this node stops"));
        } else if (standby) {
            begin(turn);
        } else {
            end(turn);
        }
    }

    private static void begin(ElectionContext turn) {
        State state = turn.state;
        boolean active = state.phase.holds();
        if (active && !turn.hasHeir()) {
            turn.emit(new Effect.MaintenanceFailed(
                    Objects.requireNonNullElse(PlacementAgreement.refusal(turn), StepDown.NO_FIT_PEER)
                            + ": nobody would serve (stop the node if that is wanted)"));
            return;
        }
        Reason reason = new Reason(Cause.MAINTENANCE, "maintenance: taken out by the operator");
        state.maintenance = true;
        state.maintenanceAnswered = false;
        if (active) {
            StepDown.inOrder(turn, Phase.UNFIT, reason);
        } else if (!state.phase.leaves()) {
            StepDown.becomeUnfit(turn, reason);
            answer(turn);
        }
    }

    /** Answers the operator after the address is released, or immediately if there was none. */
    static void answer(ElectionContext turn) {
        if (turn.state.maintenance && !turn.state.maintenanceAnswered) {
            turn.state.maintenanceAnswered = true;
            turn.emit(new Effect.MaintenanceDone("in maintenance until `mempair online`"));
        }
    }

    private static void end(ElectionContext turn) {
        State state = turn.state;
        String done = state.maintenance ? "online again" : "online, as before: it was not in maintenance";
        state.maintenance = false;
        boolean fit = state.problems == null || state.problems.isEmpty();
        turn.emit(
                new Effect.MaintenanceDone(fit ? done : done + ", but not fit: " + String.join("; ", state.problems)));
    }
}
