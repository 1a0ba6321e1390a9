package io.mempair.proxy.backend;

import io.mempair.proxy.protocol.text.TextReplies;

/** Why a request got no answer from its server, and what the client is told. */
public enum ServerFailure {
    /** Not connected; the request was not sent. */
    UNAVAILABLE("SERVER_ERROR server unavailable"),
    /** The connection was lost with the request in flight: it may or may not have been carried out. */
    CONNECTION_LOST("SERVER_ERROR server connection lost"),
    /** No answer in time: it may or may not have been carried out. */
    TIMED_OUT("SERVER_ERROR server timed out"),
    /** The server answered with an error where the client asked for many keys. */
    REFUSED("SERVER_ERROR server refused the request"),
    /** The server is too old for the meta commands; the line is what it would have answered itself. */
    NO_META("ERROR"),
    /** The server sent what is no answer to what was asked. */
    BAD_ANSWER("SERVER_ERROR server answered out of protocol");

    @SuppressWarnings("ImmutableEnumChecker") // written once, read only
    private final byte[] reply;

    ServerFailure(String line) {
        this.reply = TextReplies.line(line);
    }

    /** The line for the client. Not to be changed. */
    public byte[] reply() {
        return reply;
    }
}
