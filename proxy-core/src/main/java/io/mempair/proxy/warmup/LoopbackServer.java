package io.mempair.proxy.warmup;

import io.mempair.proxy.config.ServerAddress;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/** A minimal memcached inside the process for the warmup, on a loopback port that the kernel chooses. */
final class LoopbackServer implements AutoCloseable {

    /** Connections at once; a proxy has one for each of its loops. */
    private static final int MOST_CONNECTIONS = 8;

    private final ServerSocket listening;
    private final ThreadFactory threads;
    private final Items items = new Items();
    private final List<Socket> open = new ArrayList<>();

    /** Listens from now on, on threads of {@code threads}. */
    LoopbackServer(ThreadFactory threads) throws IOException {
        this.threads = threads;
        this.listening = new ServerSocket(0, MOST_CONNECTIONS, ReservedPort.loopback());
        threads.newThread(this::accept).start();
    }

    ServerAddress address() {
        return new ServerAddress("127.0.0.1", listening.getLocalPort());
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                if (!take(socket)) {
                    socket.close();
                    continue;
                }
                threads.newThread(() -> serve(socket)).start();
            }
        } catch (IOException closed) {
            close();
        }
    }

    private synchronized boolean take(Socket socket) {
        return !listening.isClosed() && open.size() < MOST_CONNECTIONS && open.add(socket);
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            new LoopbackConnection(socket, items).serve();
        } catch (IOException | RuntimeException lost) {
            // the proxy finds out by itself, and the warm-up by its answers
        } finally {
            forget(socket);
        }
    }

    private synchronized void forget(Socket socket) {
        open.remove(socket);
    }

    @Override
    public synchronized void close() {
        for (AutoCloseable socket : allSockets()) {
            try {
                socket.close();
            } catch (Exception gone) {
                // it is as closed as it can be
            }
        }
    }

    private List<AutoCloseable> allSockets() {
        List<AutoCloseable> all = new ArrayList<>(open);
        all.add(listening);
        return all;
    }
}
