package io.mempair.proxy.backend;

import io.mempair.proxy.protocol.text.TextReplies;

/** Why a request failed, and the error line for the client. */
public enum ServerFailure {
    /** Not connected; the request was not sent. */
    UNAVAILABLE("SERVER_ERROR server unavailable"),
    /** The connection was lost with the request in flight: the server may have executed it or not. */
    CONNECTION_LOST("SERVER_ERROR server connection lost"),
    /** No reply in time: the server may have executed the request or not. */
    TIMED_OUT("SERVER_ERROR server timed out"),
    /** The server answered a multi-get with an error. */
    REFUSED("SERVER_ERROR server refused the request"),
    /** The server does not support meta commands; the line equals its own answer. */
    NO_META("ERROR"),
    /** The server's reply does not match the request. */
    BAD_ANSWER("SERVER_ERROR server answered out of protocol");

    @SuppressWarnings("ImmutableEnumChecker") // written once, read only
    private final byte[] reply;

    ServerFailure(String line) {
        this.reply = TextReplies.line(line);
    }

    /** The line for the client; callers must not change it. */
    public byte[] reply() {
        return reply;
    }
}
