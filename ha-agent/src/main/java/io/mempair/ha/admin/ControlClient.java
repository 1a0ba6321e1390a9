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
import java.util.function.Consumer;

/** Asks a running node over its control socket. */
public final class ControlClient {

    /** Longer than the node takes for its slowest command. */
    private static final long SILENCE_MILLIS = 20_000;

    /** Far above the metrics of a node with the most servers. */
    private static final int MAX_ANSWER_BYTES = 16 << 20;

    private static final int FIRST_BYTES = 1 << 16;

    private ControlClient() {}

    /**
     * Sends one command and takes the answer line by line as it comes, the first with its leading {@code ok} or {@code error}.
     *
     * @param silenceMillis  longest wait for the next line
     * @throws IOException if nobody answers
     */
    public static void follow(Path control, String command, long silenceMillis, Consumer<String> line)
            throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(control));
                Selector selector = Selector.open()) {
            channel.write(ByteBuffer.wrap((command + '\n').getBytes(StandardCharsets.UTF_8)));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            ByteBuffer some = ByteBuffer.allocate(FIRST_BYTES);
            StringBuilder pending = new StringBuilder();
            while (true) {
                if (selector.select(silenceMillis) == 0) {
                    throw new SocketTimeoutException("no answer within " + silenceMillis / 1_000 + " s");
                }
                selector.selectedKeys().clear();
                if (channel.read(some.clear()) < 0) {
                    return;
                }
                // lines are ASCII
                pending.append(StandardCharsets.US_ASCII.decode(some.flip()));
                for (int end = pending.indexOf("\n"); end >= 0; end = pending.indexOf("\n")) {
                    line.accept(pending.substring(0, end));
                    pending.delete(0, end + 1);
                }
            }
        }
    }

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
