package io.mempair.ha.handover;

import io.mempair.ha.handover.HandoverMessage.Abort;
import io.mempair.ha.handover.HandoverMessage.Commit;
import io.mempair.ha.handover.HandoverMessage.CopiesEnd;
import io.mempair.ha.handover.HandoverMessage.HandoverRefused;
import io.mempair.ha.handover.HandoverMessage.Prepare;
import io.mempair.ha.handover.HandoverMessage.Prepared;
import io.mempair.ha.handover.HandoverMessage.Restored;
import java.util.List;

/**
 * The side of a hand-over whose reign ends. The election leads it: {@link #prepare}, {@link #copy}, then {@link #commit}
 * or {@link #abandon}; this class asks the target, and reports to the election.
 *
 * <pre>
 * IDLE -> ASKING    prepare: connect to the target and ask it       -> FAILED   refused, lost
 * ASKING -> READY   the target can
 * READY -> COPYING  copy: the data plane copies, the copies are sent
 * COPYING -> SENT   every copy is sent
 * SENT -> RESTORED  the target has restored them, in time
 * any -> IDLE       commit, abandon
 * </pre>
 *
 * <p>The rule: connections are taken back only if no commit was sent, and a commit is sent only on the election's
 * decision. A link that is lost after {@code RESTORED} changes nothing about the connections: whether they are taken back
 * or closed is then the election's decision, too.
 *
 * <p>Pure, mutable, confined to one thread. Each method returns what to do, in order. Inputs with another epoch than that
 * of the hand-over under way are late ones, and change nothing.
 */
public final class HandoverSource {

    /** Time for the target to restore, counted from the last copy; and more for each connection. */
    public static final long RESTORE_NANOS = 300_000_000L;

    /** The part of it for each connection. */
    public static final long RESTORE_NANOS_PER_CONNECTION = 100_000L;

    /** One in so many copies may fail at the target; with more the connections are better off here. */
    private static final int MOST_NOT_RESTORED = 10;

    private enum SourcePhase {
        IDLE,
        ASKING,
        READY,
        COPYING,
        SENT,
        RESTORED,
        /** The election knows that it failed, and has not decided yet. */
        FAILED
    }

    private final String self;
    private SourcePhase phase = SourcePhase.IDLE;
    private long epoch;
    private boolean linked;
    private boolean copying;
    private long restoreByNanos;

    /** Copies sent. */
    private int sent;

    /** @param self  this node's name */
    public HandoverSource(String self) {
        this.self = self;
    }

    /** The election prepares a hand-over to {@code target}. */
    public List<SourceAction> prepare(long ofEpoch, String target) {
        if (phase != SourcePhase.IDLE) {
            return List.of(new SourceAction.ReportFailed(ofEpoch, "an earlier hand-over has not ended"));
        }
        phase = SourcePhase.ASKING;
        epoch = ofEpoch;
        linked = true;
        copying = false;
        return List.of(new SourceAction.ConnectTarget(new Prepare(HandoverMessage.VERSION, self, target, ofEpoch)));
    }

    /** A message of the target of hand-over {@code ofEpoch}. */
    public List<SourceAction> heard(long ofEpoch, HandoverMessage message) {
        if (ofEpoch != epoch || !linked) {
            return List.of();
        }
        if (phase == SourcePhase.ASKING && message instanceof Prepared) {
            phase = SourcePhase.READY;
            return List.of(new SourceAction.ReportPrepared(epoch));
        }
        if (phase == SourcePhase.ASKING && message instanceof HandoverRefused refused) {
            return fail(refused.why());
        }
        if (phase == SourcePhase.SENT && message instanceof Restored restored) {
            if (restored.connections() < sent - sent / MOST_NOT_RESTORED) {
                return fail("the peer restored only " + restored.connections() + " of " + sent + " connections");
            }
            phase = SourcePhase.RESTORED;
            return List.of(new SourceAction.ReportCopied(epoch));
        }
        return phase == SourcePhase.FAILED ? List.of() : fail("the peer said what it should not: " + message);
    }

    /** The connection to the target of hand-over {@code ofEpoch} ended, or what was to be done for it failed. */
    public List<SourceAction> lost(long ofEpoch, String why) {
        if (ofEpoch != epoch || phase == SourcePhase.IDLE || phase == SourcePhase.FAILED) {
            return List.of();
        }
        return fail(why);
    }

    private List<SourceAction> fail(String why) {
        phase = SourcePhase.FAILED;
        linked = false;
        return List.of(new SourceAction.LeaveTarget(), new SourceAction.ReportFailed(epoch, why));
    }

    /** The election has the connections copied. The address is off, and no request is in flight. */
    public List<SourceAction> copy(long ofEpoch) {
        if (ofEpoch != epoch || phase != SourcePhase.READY) {
            return List.of(new SourceAction.ReportFailed(ofEpoch, "the peer is not ready any more"));
        }
        phase = SourcePhase.COPYING;
        copying = true;
        return List.of(new SourceAction.MakeCopies(epoch));
    }

    /** Every copy was sent. */
    public List<SourceAction> copied(long ofEpoch, int connections, long nowNanos) {
        if (ofEpoch != epoch || phase != SourcePhase.COPYING) {
            return List.of();
        }
        phase = SourcePhase.SENT;
        sent = connections;
        restoreByNanos = nowNanos + RESTORE_NANOS + connections * RESTORE_NANOS_PER_CONNECTION;
        return List.of(new SourceAction.TellTarget(new CopiesEnd(connections)));
    }

    /** Time has passed. */
    public List<SourceAction> tick(long nowNanos) {
        return phase == SourcePhase.SENT && nowNanos - restoreByNanos >= 0
                ? fail("the peer did not restore the connections in time")
                : List.of();
    }

    /** The election has ended the reign: from here on the connections are the target's, whether it hears of it or not. */
    public List<SourceAction> commit(long ofEpoch) {
        if (ofEpoch != epoch || phase == SourcePhase.IDLE) {
            return List.of();
        }
        boolean heard = linked && phase == SourcePhase.RESTORED;
        end();
        return heard
                ? List.of(
                        new SourceAction.TellTarget(new Commit()),
                        new SourceAction.LeaveTarget(),
                        new SourceAction.CloseCopied())
                : List.of(new SourceAction.CloseCopied());
    }

    /** The election ends the hand-over without a commit. */
    public List<SourceAction> abandon(long ofEpoch) {
        if (ofEpoch != epoch || phase == SourcePhase.IDLE) {
            return List.of();
        }
        boolean wasLinked = linked;
        boolean wasCopying = copying;
        end();
        if (wasLinked && wasCopying) {
            return List.of(
                    new SourceAction.TellTarget(new Abort()),
                    new SourceAction.LeaveTarget(),
                    new SourceAction.TakeBack());
        }
        if (wasLinked) {
            return List.of(new SourceAction.TellTarget(new Abort()), new SourceAction.LeaveTarget());
        }
        return wasCopying ? List.of(new SourceAction.TakeBack()) : List.of();
    }

    private void end() {
        phase = SourcePhase.IDLE;
        linked = false;
        copying = false;
    }

    /** Whether no hand-over is under way. */
    public boolean isIdle() {
        return phase == SourcePhase.IDLE;
    }
}
