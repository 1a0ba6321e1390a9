package io.mempair.ha.group.wire;

import java.net.InetAddress;
import java.net.SocketException;

/**
 * The other end took the connection and closed it without a word. A member does so to hosts that its file does not name, and to who
 * speaks with TLS where it has none, or the other way round; its own log says which.
 */
final class TurnedAwayException extends SocketException {

    /** @param self  the address of this host on that connection */
    TurnedAwayException(InetAddress self) {
        super("it closes the connections of this host without a word: its file does not name this member (expected: "
                + self.getHostAddress()
                + " in its group.peers or group.witness), or only one of the two has group.tls-... or"
                + " group.key-file; its log says which");
    }
}
