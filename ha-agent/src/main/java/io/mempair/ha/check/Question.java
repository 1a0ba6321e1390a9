package io.mempair.ha.check;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/**
 * One address of the tie-breaker, and how it is asked.
 *
 * @param name     as the operator knows it
 * @param address  where it is
 * @param port     TCP port, or {@link #ECHO}
 */
record Question(String name, InetAddress address, int port) {

    /** No port: asked by ICMP echo. */
    static final int ECHO = 0;

    /** Asks, and waits for at most {@code limit}. A refused connection is an answer: only a kernel that lives refuses. */
    boolean isAnswered(Duration limit) {
        int limitMillis = (int) Math.max(1, limit.toMillis());
        try {
            return port == ECHO ? address.isReachable(limitMillis) : accepts(limitMillis);
        } catch (ConnectException e) {
            return String.valueOf(e.getMessage()).contains("refused");
        } catch (IOException e) {
            return false;
        }
    }

    private boolean accepts(int limitMillis) throws IOException {
        try (Socket socket = new Socket()) {
            // with a reset at its end: five a second must not leave sockets in TIME_WAIT
            socket.setSoLinger(true, 0);
            socket.connect(new InetSocketAddress(address, port), limitMillis);
            return true;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
