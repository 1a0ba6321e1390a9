package io.mempair.deploy.handover;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** One connection of the load, whose answers are compared byte by byte as they come. One thread. */
final class LoadConnection {

    /** A client that reads slowly has little room in its own kernel, so that the answers wait in the proxy's. */
    private static final int SLOW_ROOM_BYTES = 16_384;

    private static final byte BINARY = (byte) 0x81;

    /** The status of a binary answer. */
    private static final int STATUS_AT = 6;

    private static final int STATUS_END = 8;

    private record Pending(KnownRequest request, long dueNanos) {}

    /** Tells of an answer. */
    interface Answered {

        /** The last byte of an answer has come. */
        void answered(KnownRequest request, long dueNanos);
    }

    private final LoadConversation conversation;
    private final boolean slow;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private final Deque<ByteBuffer> out = new ArrayDeque<>();
    private int matched;
    private long owedBytes;

    /** The last bytes of a request that is sent in two parts. */
    private @Nullable ByteBuffer held;

    private long heldUntilNanos;

    /** Begins to connect. */
    LoadConnection(LoadConversation conversation, boolean slow, InetSocketAddress to, Selector selector)
            throws IOException {
        this.conversation = conversation;
        this.slow = slow;
        this.channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (slow) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, SLOW_ROOM_BYTES);
            }
            this.key = channel.register(selector, SelectionKey.OP_CONNECT, this);
            if (channel.connect(to)) {
                connected();
            }
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    LoadConversation conversation() {
        return conversation;
    }

    boolean isSlow() {
        return slow;
    }

    /** Bytes of answers that have not come. */
    long owedBytes() {
        return owedBytes;
    }

    boolean isAnswered() {
        return pending.isEmpty();
    }

    /** When the request was due that waits longest; {@code nowNanos} if none does. */
    long oldestDueNanos(long nowNanos) {
        Pending oldest = pending.peek();
        return oldest == null ? nowNanos : oldest.dueNanos();
    }

    /** Asks; it is sent by {@link #flush}. */
    void ask(KnownRequest request, long dueNanos) {
        pending.add(new Pending(request, dueNanos));
        owedBytes += request.answer().length;
        out.add(ByteBuffer.wrap(request.bytes()));
    }

    /** Cuts the last request of those asked in the middle: its rest, and what comes after it, is held back until then. */
    void holdRest(long untilNanos) {
        ByteBuffer last = out.peekLast();
        if (held == null && last != null && last.remaining() > 1) {
            held = last.slice(last.remaining() / 2, last.remaining() - last.remaining() / 2);
            last.limit(last.position() + last.remaining() / 2);
            out.add(held);
            heldUntilNanos = untilNanos;
        }
    }

    boolean isHolding() {
        return held != null;
    }

    /** Sends what the kernel takes and what is not held back any more; the rest later. */
    void flush(long nowNanos) throws IOException {
        if (!channel.isConnected()) {
            return;
        }
        if (heldUntilNanos - nowNanos <= 0) {
            held = null;
        }
        ByteBuffer next = out.peek();
        while (next != null && next != held) {
            channel.write(next);
            if (next.hasRemaining()) {
                break;
            }
            out.remove();
            next = out.peek();
        }
        boolean full = next != null && next != held;
        key.interestOps((slow ? 0 : SelectionKey.OP_READ) | (full ? SelectionKey.OP_WRITE : 0));
    }

    /** The connect is done, or has failed. */
    void finishConnect(long nowNanos) throws IOException {
        channel.finishConnect();
        connected();
        flush(nowNanos);
    }

    private void connected() {
        key.interestOps(slow ? 0 : SelectionKey.OP_READ);
    }

    /**
     * Reads once, and compares.
     *
     * @return what is wrong; empty if nothing is
     * @throws IOException if the other end has closed it
     */
    String read(ByteBuffer into, int mostBytes, Answered answered) throws IOException {
        if (!channel.isConnected()) {
            return "";
        }
        into.clear().limit(Math.min(mostBytes, into.capacity()));
        if (channel.read(into) < 0) {
            throw new EOFException("closed by the other end");
        }
        into.flip();
        owedBytes -= into.remaining();
        while (into.hasRemaining()) {
            Pending first = pending.peek();
            if (first == null) {
                return into.remaining() + " bytes that nobody asked for";
            }
            byte[] answer = first.request().answer();
            while (matched < answer.length && into.hasRemaining()) {
                byte got = into.get();
                if (!first.request().isRight(matched, got)) {
                    failIfRefused(answer, got, into);
                    return "byte " + matched + " of " + answer.length + " is " + got + " (expected: " + answer[matched]
                            + ")";
                }
                matched++;
            }
            if (matched == answer.length) {
                matched = 0;
                pending.remove();
                answered.answered(first.request(), first.dueNanos());
            }
        }
        return "";
    }

    /** An error in place of an answer is no wrong answer: the fate of the request is unknown then, as that of a lost one. */
    private void failIfRefused(byte[] answer, byte got, ByteBuffer rest) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(matched + 1 + rest.remaining());
        all.put(answer, 0, matched).put(got).put(rest.duplicate()).flip();
        String text = StandardCharsets.ISO_8859_1.decode(all.duplicate()).toString();
        String error = "SERVER_ERROR";
        boolean binaryError = all.remaining() >= STATUS_END && all.get(0) == answer[0] && all.getShort(STATUS_AT) != 0;
        if (error.startsWith(text.substring(0, Math.min(text.length(), error.length())))
                || (answer[0] == BINARY && binaryError)) {
            throw new IOException("an error instead of an answer");
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new AssertionError("closing a socket failed", e);
        }
    }
}
