package io.mempair.ha.handover;

import io.mempair.ha.handover.HandoverMessage.Prepare;

/** What the source of a hand-over has to do; see {@link HandoverSource}. */
public sealed interface SourceAction {

    /** Connect to that node and send it this. A failure is {@link HandoverSource#lost}. */
    record ConnectTarget(Prepare first) implements SourceAction {}

    /** Send this to the target; a failure is {@link HandoverSource#lost}. */
    record TellTarget(HandoverMessage message) implements SourceAction {}

    /** Close the connection to the target, after what was sent. */
    record LeaveTarget() implements SourceAction {}

    /** Copy the connections and send the copies; answered by {@link HandoverSource#copied} or {@link HandoverSource#lost}. */
    record MakeCopies(long epoch) implements SourceAction {}

    /** The copied connections serve again here. */
    record TakeBack() implements SourceAction {}

    /** Close the copied connections without a word to the clients. */
    record CloseCopied() implements SourceAction {}

    /** Tell the election that the target is ready. */
    record ReportPrepared(long epoch) implements SourceAction {}

    /** Tell the election that the target has every copy. */
    record ReportCopied(long epoch) implements SourceAction {}

    /** Tell the election that the hand-over failed. */
    record ReportFailed(long epoch, String why) implements SourceAction {}
}
