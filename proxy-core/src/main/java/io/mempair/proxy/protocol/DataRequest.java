package io.mempair.proxy.protocol;

import io.netty.buffer.ByteBuf;

/** A request line that is followed by a data block. */
public interface DataRequest {

    /** Length of the data block, without its line end. */
    int dataBytes();

    /** Whether the client wants no answer, not even an error. */
    boolean noreply();

    /** The error line for a data block that does not end as it should. */
    byte[] badDataReply();

    /** Appends what the client sent of it: another parser makes the same request of it. */
    void appendReceived(ByteBuf out);

    /** A request of its own with the same values: for one whose data block has yet to arrive. */
    DataRequest copy();
}
