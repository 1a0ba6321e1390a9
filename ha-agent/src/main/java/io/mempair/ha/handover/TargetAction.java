package io.mempair.ha.handover;

/** What the target of a hand-over has to do; see {@link HandoverTarget}. */
public sealed interface TargetAction {

    /** Answer the source on that link. */
    record TellSource(long link, HandoverMessage message) implements TargetAction {}

    /** Close that link, after what was sent. */
    record LeaveSource(long link) implements TargetAction {}

    /** Restore these copies. Nobody answers. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record RestoreCopies(byte[] copies) implements TargetAction {}

    /** Answer {@link HandoverTarget#restored} when every copy is restored or has failed. */
    record EndRestoring(long link) implements TargetAction {}

    /** The restored connections serve from now on. */
    record Activate() implements TargetAction {}

    /** Close the restored connections without a word to the clients. */
    record Discard() implements TargetAction {}
}
