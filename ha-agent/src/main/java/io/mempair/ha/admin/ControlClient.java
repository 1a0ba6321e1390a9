package io.mempair.ha.admin;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Asks a running node over its control socket. */
public final class ControlClient {

    /** Longer than the node takes for its slowest command. */
    private static final long SILENCE_MILLIS = 20_000;

    /** Far above the metrics of a node with the most servers. */
    private static final int MAX_ANSWER_BYTES = 16 << 20;

    private static final int FIRST_BYTES = 1 << 16;

    private ControlClient() {}

    /**
     * Sends one command and waits for the whole answer.
     *
     * @return the answer with its leading {@code ok} or {@code error}, without the final line feed
     * @throws IOException if nobody answers
     */
    public static String ask(Path control, String command) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(control));
                Selector selector = Selector.open()) {
            channel.write(ByteBuffer.wrap((command + '\n').getBytes(StandardCharsets.UTF_8)));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            ByteBuffer answer = ByteBuffer.allocate(FIRST_BYTES);
            while (answer.position() < MAX_ANSWER_BYTES) {
                if (!answer.hasRemaining()) {
                    answer = ByteBuffer.allocate(2 * answer.capacity()).put(answer.flip());
                }
                if (selector.select(SILENCE_MILLIS) == 0) {
                    throw new SocketTimeoutException("no answer within " + SILENCE_MILLIS / 1_000 + " s");
                }
                selector.selectedKeys().clear();
                if (channel.read(answer) < 0) {
                    return StandardCharsets.UTF_8
                            .decode(answer.flip())
                            .toString()
                            .stripTrailing();
                }
            }
            throw new IOException("answer longer than " + MAX_ANSWER_BYTES + " bytes");
        }
    }
}
