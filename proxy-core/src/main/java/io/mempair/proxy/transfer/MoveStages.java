package io.mempair.proxy.transfer;

import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.replication.LayoutInForce;
import io.mempair.proxy.replication.LayoutKnowledge;
import io.mempair.proxy.replication.LayoutStage;
import java.util.concurrent.CompletableFuture;

/** Tells the peers where one rebalance stands, before anything happens that they must know of. Any thread. */
final class MoveStages {

    private final LayoutInForce layout;
    private final String former;
    private final String next;

    /**
     * @param layout  tells the peers
     * @param former  the layout that led at the beginning
     * @param next    the layout to which keys move
     */
    MoveStages(LayoutInForce layout, String former, String next) {
        this.layout = layout;
        this.former = former;
        this.next = next;
    }

    /** What is told of a rebalance that begins. */
    LayoutKnowledge filling() {
        return new LayoutKnowledge(former, next, LayoutStage.FILLING);
    }

    /** Tells what follows from a phase that has begun, unless a switch tells it itself. */
    void at(RebalancePhase phase) {
        switch (phase) {
            case SWEEP, COPY -> layout.tell(filling());
            case KEEP, RETURN, TIDY -> layout.tell(keeping());
            case UNDO -> layout.tell(dropping());
            case DONE -> layout.tell(LayoutKnowledge.settled(next));
            case ABORTED -> layout.tell(LayoutKnowledge.settled(former));
            case SWITCH, SWITCH_BACK, LEFT -> {}
        }
    }

    /** Whether the peers know everything so far, so that they may be told of a switch. */
    boolean areAcknowledged() {
        return layout.isAcknowledged();
    }

    /** As the next servers begin to lead. */
    LastStep.Telling forward() {
        return telling(new LayoutKnowledge(former, next, LayoutStage.SWITCHING), keeping(), filling());
    }

    /** As the former servers begin to lead again. */
    LastStep.Telling back() {
        return telling(new LayoutKnowledge(next, former, LayoutStage.RETURNING), dropping(), keeping());
    }

    private LayoutKnowledge keeping() {
        return new LayoutKnowledge(next, former, LayoutStage.KEEPING);
    }

    private LayoutKnowledge dropping() {
        return new LayoutKnowledge(former, next, LayoutStage.DROPPING);
    }

    private LastStep.Telling telling(LayoutKnowledge tried, LayoutKnowledge done, LayoutKnowledge failed) {
        return new LastStep.Telling() {
            @Override
            public CompletableFuture<Void> begins() {
                return layout.tell(tried);
            }

            @Override
            public CompletableFuture<Void> succeeds() {
                return layout.tell(done);
            }

            @Override
            public CompletableFuture<Void> failed() {
                return layout.tellAtMost(failed);
            }
        };
    }
}
