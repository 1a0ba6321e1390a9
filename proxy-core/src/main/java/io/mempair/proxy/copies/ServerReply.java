package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.protocol.text.ReplyLine;

/** The reply of one of the two servers to a write, as it may be passed on to the client. */
class ServerReply {

    private final byte[] bytes;
    private final ReplyLine meaning;
    private final int tag;

    /**
     * @param bytes    the line, followed by the value if there is one
     * @param meaning  of the line
     * @param server   that replied
     */
    ServerReply(byte[] bytes, ReplyLine meaning, ServerConnection server) {
        this.bytes = bytes;
        this.meaning = meaning;
        this.tag = server.state().replica().tag();
    }

    final byte[] bytes() {
        return bytes;
    }

    final ReplyLine meaning() {
        return meaning;
    }

    /** Of the server when it replied: belongs to the cas id in the reply. */
    final int tag() {
        return tag;
    }
}
