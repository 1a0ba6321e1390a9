package io.mempair.ha.handover;

import io.mempair.ha.handover.HandoverMessage.Commit;
import io.mempair.ha.handover.HandoverMessage.CopiedConnections;
import io.mempair.ha.handover.HandoverMessage.CopiesEnd;
import io.mempair.ha.handover.HandoverMessage.HandoverRefused;
import io.mempair.ha.handover.HandoverMessage.Prepare;
import io.mempair.ha.handover.HandoverMessage.Prepared;
import io.mempair.ha.handover.HandoverMessage.Restored;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The side of a hand-over that takes the connections. It decides nothing about who is active: it restores copies that
 * nobody can reach, and has them serve once both are true: the source committed them, and this node's own reign has begun.
 *
 * <pre>
 * IDLE -> PREPARED       the source asks, and this node can
 * PREPARED -> RESTORING  the last copy came
 * RESTORING -> RESTORED  each is restored, or has failed
 * RESTORED -> COMMITTED  the source's reign is over: the copies are this node's, and nobody else serves them
 * COMMITTED -> IDLE      this node's reign begins: they serve
 * any -> IDLE            aborted, lost, late: the copies are closed without a word to the clients
 * </pre>
 *
 * <p>Pure, mutable, confined to one thread. Each method returns what to do, in order. A link is known by its number;
 * what comes of another one is late, and changes nothing.
 */
public final class HandoverTarget {

    /** How long copies wait for the commit once this node reigns: both were sent at the same time. */
    public static final long COMMIT_NANOS = 300_000_000L;

    /** How long committed connections wait for this node's reign. */
    public static final long REIGN_NANOS = 2_000_000_000L;

    /** Longest time from the question to the commit, should the source vanish without a word. */
    public static final long WHOLE_NANOS = 10_000_000_000L;

    private enum TargetPhase {
        IDLE,
        PREPARED,
        RESTORING,
        RESTORED,
        COMMITTED
    }

    private final String self;
    private TargetPhase phase = TargetPhase.IDLE;
    private long link;
    private long sourceEpoch;
    private boolean reigning;
    private @Nullable Long deadlineNanos;

    /** @param self  this node's name */
    public HandoverTarget(String self) {
        this.self = self;
    }

    /**
     * A message of a source.
     *
     * @param from     the link it came by
     * @param refusal  why this node cannot take connections now; null if it can
     */
    public List<TargetAction> heard(long from, HandoverMessage message, @Nullable String refusal, long nowNanos) {
        if (message instanceof Prepare prepare) {
            return onPrepare(from, prepare, refusal, nowNanos);
        }
        if (phase == TargetPhase.IDLE || from != link) {
            return List.of();
        }
        if (phase == TargetPhase.PREPARED && message instanceof CopiedConnections copies) {
            return List.of(new TargetAction.RestoreCopies(copies.bytes()));
        }
        if (phase == TargetPhase.PREPARED && message instanceof CopiesEnd) {
            phase = TargetPhase.RESTORING;
            return List.of(new TargetAction.EndRestoring(link));
        }
        if (phase == TargetPhase.RESTORED && message instanceof Commit) {
            return onCommit(nowNanos);
        }
        if (phase == TargetPhase.COMMITTED) {
            return List.of(); // the source says nothing that counts after it
        }
        return discard(); // aborted, or not a message for this moment
    }

    private List<TargetAction> onPrepare(long from, Prepare prepare, @Nullable String refusal, long nowNanos) {
        String why = refusal;
        if (!prepare.target().equals(self)) {
            why = "this node is " + self + ", not " + prepare.target();
        } else if (prepare.version() != HandoverMessage.VERSION) {
            why = "it speaks version " + HandoverMessage.VERSION + " of the hand-over, not " + prepare.version();
        } else if (phase != TargetPhase.IDLE) {
            why = "another hand-over is under way";
        } else if (reigning) {
            why = "it is active itself";
        }
        if (why != null) {
            return List.of(
                    new TargetAction.TellSource(from, new HandoverRefused(why)), new TargetAction.LeaveSource(from));
        }
        phase = TargetPhase.PREPARED;
        link = from;
        sourceEpoch = prepare.epoch();
        deadlineNanos = nowNanos + WHOLE_NANOS;
        return List.of(new TargetAction.TellSource(from, new Prepared()));
    }

    private List<TargetAction> onCommit(long nowNanos) {
        if (reigning) {
            return activate();
        }
        phase = TargetPhase.COMMITTED;
        deadlineNanos = nowNanos + REIGN_NANOS;
        return List.of();
    }

    /** Every copy that came by that link is restored, or has failed. */
    public List<TargetAction> restored(long ofLink, int connections) {
        if (phase != TargetPhase.RESTORING || ofLink != link) {
            return List.of();
        }
        phase = TargetPhase.RESTORED;
        return List.of(new TargetAction.TellSource(link, new Restored(connections)));
    }

    /** That link ended. */
    public List<TargetAction> lost(long ofLink) {
        boolean ours = phase != TargetPhase.IDLE && ofLink == link;
        return ours && phase != TargetPhase.COMMITTED ? discard() : List.of();
    }

    /** This node has a lease, in this epoch, and claims the address. */
    public List<TargetAction> reignBegan(long epoch, long nowNanos) {
        reigning = true;
        if (phase == TargetPhase.IDLE) {
            return List.of();
        }
        if (epoch - sourceEpoch <= 0) {
            return discard();
        }
        if (phase == TargetPhase.COMMITTED) {
            return activate();
        }
        deadlineNanos = nowNanos + COMMIT_NANOS;
        return List.of();
    }

    /** This node's reign is over. */
    public List<TargetAction> reignEnded() {
        reigning = false;
        return phase == TargetPhase.IDLE ? List.of() : discard();
    }

    /** Time has passed. */
    public List<TargetAction> tick(long nowNanos) {
        Long byNanos = deadlineNanos;
        return phase != TargetPhase.IDLE && byNanos != null && nowNanos - byNanos >= 0 ? discard() : List.of();
    }

    private List<TargetAction> activate() {
        long done = link;
        end();
        return List.of(new TargetAction.Activate(), new TargetAction.LeaveSource(done));
    }

    private List<TargetAction> discard() {
        long ended = link;
        end();
        return List.of(new TargetAction.Discard(), new TargetAction.LeaveSource(ended));
    }

    private void end() {
        phase = TargetPhase.IDLE;
        deadlineNanos = null;
    }

    /** Whether no hand-over is under way. */
    public boolean isIdle() {
        return phase == TargetPhase.IDLE;
    }
}
