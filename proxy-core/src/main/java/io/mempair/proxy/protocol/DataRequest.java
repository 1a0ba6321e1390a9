package io.mempair.proxy.protocol;

/** A request line that is followed by a data block. */
public interface DataRequest {

    /** Length of the data block, without its line end. */
    int dataBytes();

    /** Whether the client wants no answer, not even an error. */
    boolean noreply();

    /** The error line for a data block that does not end as it should. */
    byte[] badDataReply();

    /** A request of its own with the same values: for one whose data block has yet to arrive. */
    DataRequest copy();
}
