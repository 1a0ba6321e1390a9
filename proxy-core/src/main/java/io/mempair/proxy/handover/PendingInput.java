package io.mempair.proxy.handover;

/**
 * What a client and the proxy have said, as far as it is not done. No request is in flight.
 *
 * @param begun         whether the client has chosen a protocol, by its first byte
 * @param binary        whether it speaks the binary protocol
 * @param loggedIn      whether it has logged in
 * @param swallowBytes  bytes still to come of a value that was refused
 * @param unread        bytes of the client that begin no finished request: those of an unfinished one from its first
 *     byte on, in a form that parses to the same request, and all that came after it
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody but tests
public record PendingInput(boolean begun, boolean binary, boolean loggedIn, long swallowBytes, byte[] unread) {

    /** Most bytes of {@code unread}; a client with more is not moved. */
    public static final int MAX_UNREAD_BYTES = 2 << 20;
}
