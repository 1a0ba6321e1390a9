package io.mempair.ha.handover;

/**
 * A message of a hand-over, on a connection of its own between the two nodes. The source is the node whose reign ends,
 * the target the one that takes its connections.
 */
public sealed interface HandoverMessage {

    /** The version of the messages and of the copies in them. */
    int VERSION = 1;

    /**
     * Source to target, first: can you take connections?
     *
     * @param version  the version the source speaks
     * @param source   the source's name
     * @param target   the name of the node that is meant
     * @param epoch    the reign that is to end
     */
    record Prepare(int version, String source, String target, long epoch) implements HandoverMessage {}

    /** Target to source: yes. */
    record Prepared() implements HandoverMessage {}

    /** Target to source: no. */
    record HandoverRefused(String why) implements HandoverMessage {}

    /**
     * Source to target: copies of connections, in the form of the data plane. Whoever sends it gives the bytes away.
     *
     * @param bytes  opaque here
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody, and large
    record CopiedConnections(byte[] bytes) implements HandoverMessage {}

    /** Source to target: these were all. */
    record CopiesEnd(int connections) implements HandoverMessage {}

    /** Target to source: every connection that can be restored is. */
    record Restored(int connections) implements HandoverMessage {}

    /** Source to target: the source's reign is over, and the connections are the target's. */
    record Commit() implements HandoverMessage {}

    /** Source to target: the connections stay with the source. */
    record Abort() implements HandoverMessage {}
}
