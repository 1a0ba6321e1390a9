package io.mempair.proxy.recovery;

import io.mempair.proxy.backend.BufferedRequest;
import io.mempair.proxy.backend.BufferedRequest.ReplyListener;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.refill.ItemRead;
import io.mempair.proxy.replication.WriteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Flushes a server that receives no writes, and verifies that it is empty. Since memcached 1.6.25 {@code flush_all}
 * spares items stored in the same second, so the flush follows a pause. An item of our own, the canary, must be gone
 * afterwards; that proves the flush. Confined to its loop.
 */
public final class VerifiedFlush {

    /** More than a second, because memcached's clock ticks once a second and may be late. */
    private static final Duration PAUSE = Duration.ofMillis(1_100);

    private static final int MAX_FLUSHES = 3;

    private static final byte[] CANARY = "mempair:canary".getBytes(StandardCharsets.US_ASCII);

    /** The canary expires after a minute by itself. */
    private static final byte[] SET_CANARY = TextReplies.line("set mempair:canary 0 60 1\r\n1");

    private static final byte[] GET_CANARY = TextReplies.line("get mempair:canary");
    private static final byte[] FLUSH_ALL = TextReplies.line("flush_all");

    /** Receives the outcome: exactly one of the two is called, once, on the loop. */
    interface FlushListener {
        void done();

        void failed(String reason);
    }

    private final LoopContext loop;

    /** The reign it began in; in a later one it sends nothing. */
    private final long reign;

    private final ServerConnection server;
    private final FlushListener listener;
    private int flushes;

    private VerifiedFlush(LoopContext loop, ServerConnection server, FlushListener listener) {
        this.loop = loop;
        this.reign = loop.reign();
        this.server = server;
        this.listener = listener;
    }

    /**
     * Starts when no write is in flight. Another loop may have sent one before the server went out; that write must not
     * arrive after the flush.
     */
    static void start(LoopContext loop, WriteOrder order, ServerConnection server, FlushListener listener) {
        VerifiedFlush flush = new VerifiedFlush(loop, server, listener);
        order.globalBesidesHeld(() -> {
            try {
                flush.setCanary();
            } finally {
                order.globalEnded();
            }
        });
    }

    /** As {@link #start}; the future fails with the reason. */
    public static CompletableFuture<Void> of(LoopContext loop, WriteOrder order, ServerConnection server) {
        CompletableFuture<Void> flushed = new CompletableFuture<>();
        start(loop, order, server, new FlushListener() {
            @Override
            public void done() {
                flushed.complete(null);
            }

            @Override
            public void failed(String reason) {
                flushed.completeExceptionally(new IllegalStateException(reason));
            }
        });
        return flushed;
    }

    private void setCanary() {
        send(SET_CANARY, ReplyShape.STORED, ReplyLine.STORED, this::pause);
    }

    private void pause() {
        loop.eventLoop().schedule(this::flush, PAUSE.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void flush() {
        if (!server.state().replica().processFlush().mayBegin()) {
            listener.failed("other servers have lost what the process holds in another tier");
            return;
        }
        flushes++;
        send(FLUSH_ALL, ReplyShape.OK, ReplyLine.OK, this::lookForCanary);
    }

    /** Checked before each step: this node may have stepped down during a pause, and then must not flush a server. */
    private boolean isBlocked() {
        if (!loop.mayRepair(reign)) {
            listener.failed(JournalReplay.STEPPED_DOWN);
            return true;
        }
        if (!server.usable()) {
            listener.failed("connection lost");
            return true;
        }
        return false;
    }

    private void send(byte[] line, ReplyShape shape, ReplyLine expected, Runnable then) {
        if (isBlocked()) {
            return;
        }
        ReplyListener replyListener = new ReplyListener() {
            @Override
            public void answered(byte[] reply, ReplyLine meaning) {
                if (meaning == expected) {
                    then.run();
                } else {
                    listener.failed("the server answered the flush with " + BufferedRequest.text(reply));
                }
            }

            @Override
            public void failed(ServerFailure failure) {
                listener.failed("connection lost");
            }
        };
        server.send(new BufferedRequest(shape, replyListener), out -> out.bytes(line));
    }

    private void lookForCanary() {
        if (isBlocked()) {
            return;
        }
        ItemRead.ReadListener replyListener = new ItemRead.ReadListener() {
            @Override
            public void found(ItemRead.StoredItem item, ByteRanges data) {
                data.release();
                if (flushes < MAX_FLUSHES) {
                    pause();
                } else {
                    listener.failed("the canary survived " + MAX_FLUSHES + " flushes");
                }
            }

            @Override
            public void absent() {
                listener.done();
            }

            @Override
            public void failed() {
                listener.failed("the server did not answer the check for the canary");
            }
        };
        server.send(ItemRead.classic(CANARY, replyListener), out -> out.bytes(GET_CANARY));
    }
}
