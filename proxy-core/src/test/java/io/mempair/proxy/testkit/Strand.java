package io.mempair.proxy.testkit;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One connection through a {@link Wire}: of its thread alone. */
final class Strand {

    private final SocketChannel client;
    private final SocketChannel server;
    private final SelectionKey clientKey;
    private final SelectionKey serverKey;
    private final Flow requests;
    private final Flow answers;
    private boolean open = true;

    Strand(SocketChannel client, SocketChannel server, Selector selector) throws IOException {
        this.client = client;
        this.server = server;
        for (SocketChannel side : new SocketChannel[] {client, server}) {
            side.configureBlocking(false);
            side.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        clientKey = client.register(selector, 0);
        serverKey = server.register(selector, 0);
        requests = new Flow(client, server);
        answers = new Flow(server, client);
    }

    /** Moves what can be moved now. A side that was reset resets the other. */
    void turn(ByteBuffer scratch, long nowNanos, long answerDelayNanos) {
        try {
            requests.read(scratch, nowNanos);
            answers.read(scratch, nowNanos + answerDelayNanos);
            requests.write(nowNanos);
            answers.write(nowNanos);
            if (requests.isOver() && answers.isOver()) {
                close();
                return;
            }
            clientKey.interestOps(interest(requests, answers, nowNanos));
            serverKey.interestOps(interest(answers, requests, nowNanos));
        } catch (IOException e) {
            reset();
        }
    }

    private static int interest(Flow outOf, Flow into, long nowNanos) {
        return (outOf.wantsInput() ? SelectionKey.OP_READ : 0) | (into.isBlocked(nowNanos) ? SelectionKey.OP_WRITE : 0);
    }

    /** Nothing is looked at until the next {@link #turn}: the kernels keep what is sent, up to their bounds. */
    void hold() {
        clientKey.interestOps(0);
        serverKey.interestOps(0);
    }

    /** When an answer that was delayed is due, or {@code otherwise}. */
    long nextDueNanos(long otherwise) {
        return answers.nextDueNanos(otherwise);
    }

    boolean isOpen() {
        return open;
    }

    private void reset() {
        try {
            client.setOption(StandardSocketOptions.SO_LINGER, 0);
            server.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        close();
    }

    void close() {
        open = false;
        for (SocketChannel side : new SocketChannel[] {client, server}) {
            try {
                side.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }
}
