package io.mempair.ha.check;

import io.mempair.ha.connect.ConnectAttempt;
import io.mempair.ha.connect.ConnectAttempt.ConnectOutcome;
import io.mempair.ha.time.Clock;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/**
 * One address of the tie-breaker, and how to probe it.
 *
 * @param name     for the operator
 * @param address  its IP address
 * @param port     TCP port, or {@link #ECHO}
 */
record Question(String name, InetAddress address, int port) {

    /** No port: probed by ICMP echo. */
    static final int ECHO = 0;

    /**
     * Probes and waits at most {@code limit}. A refused connection is an answer: only a live kernel refuses.
     *
     * @param own  this node's own address, the source of the probe: an answer to the virtual address proves nothing,
     *     because a host that has lost its own address may still have that one
     */
    boolean isAnswered(InetAddress own, Duration limit, Clock clock) {
        try {
            return port == ECHO ? echoes(own, limit) : connects(own, limit, clock);
        } catch (IOException e) {
            return false;
        }
    }

    private boolean connects(InetAddress own, Duration limit, Clock clock) throws IOException {
        try (Socket socket = new Socket()) {
            // closed with a reset: five probes a second must not leave sockets in TIME_WAIT
            socket.setSoLinger(true, 0);
            if (isSameFamily(own)) {
                socket.bind(new InetSocketAddress(own, 0));
            }
            ConnectOutcome outcome = ConnectAttempt.connect(socket, new InetSocketAddress(address, port), limit, clock);
            return outcome != ConnectOutcome.UNKNOWN && interfaceOf(own) != null;
        }
    }

    /**
     * Sends an ICMP echo. Java can bind it only to an interface, so the presence of the own address is checked as well.
     */
    private boolean echoes(InetAddress own, Duration limit) throws IOException {
        NetworkInterface card = interfaceOf(own);
        if (card == null) {
            return false;
        }
        int limitMillis = (int) Math.max(1, limit.toMillis());
        boolean bound = isSameFamily(own) && isFirst(own, card);
        boolean answered = bound ? address.isReachable(card, 0, limitMillis) : address.isReachable(limitMillis);
        return answered && interfaceOf(own) != null;
    }

    private boolean isSameFamily(InetAddress own) {
        return isV4(address) == isV4(own);
    }

    private static boolean isV4(InetAddress any) {
        return any instanceof Inet4Address;
    }

    private static boolean isFirst(InetAddress own, NetworkInterface card) {
        return Collections.list(card.getInetAddresses()).stream()
                .filter(carried -> isV4(carried) == isV4(own))
                .limit(1)
                .anyMatch(own::equals);
    }

    /** The interface that carries {@code own}, or null. */
    private static @Nullable NetworkInterface interfaceOf(InetAddress own) throws SocketException {
        return NetworkInterface.getByInetAddress(own);
    }

    @Override
    public String toString() {
        return name;
    }
}
