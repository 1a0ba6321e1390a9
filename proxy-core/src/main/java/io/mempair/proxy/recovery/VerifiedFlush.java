package io.mempair.proxy.recovery;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.refill.ItemRead;
import io.mempair.proxy.refill.LineRequest;
import io.mempair.proxy.replication.WriteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Empties a server that no write goes to any more, and makes sure that it is empty. Since memcached 1.6.25 {@code flush_all}
 * spares what was stored in the same second, so it follows a pause; an item of ours that must be gone afterwards, the canary,
 * proves that it did what it should. Confined to its loop.
 */
final class VerifiedFlush {

    /** Over a second, by clocks that tick once a second and may be late. */
    private static final Duration PAUSE = Duration.ofMillis(1_100);

    private static final int MAX_FLUSHES = 3;

    private static final byte[] CANARY = "mempair:canary".getBytes(StandardCharsets.US_ASCII);

    /** Gone by itself after a minute, should nobody come back for it. */
    private static final byte[] SET_CANARY = TextReplies.line("set mempair:canary 0 60 1\r\n1");

    private static final byte[] GET_CANARY = TextReplies.line("get mempair:canary");
    private static final byte[] FLUSH_ALL = TextReplies.line("flush_all");

    /** Who waits; exactly one of the two is told, once, on the loop. */
    interface FlushListener {
        void done();

        void failed(String reason);
    }

    private final LoopContext loop;
    private final ServerConnection server;
    private final FlushListener listener;
    private int flushes;

    private VerifiedFlush(LoopContext loop, ServerConnection server, FlushListener listener) {
        this.loop = loop;
        this.server = server;
        this.listener = listener;
    }

    /**
     * Begins, when every write that was in flight is over: one of them may have been sent, on another loop, before the server
     * was out, and must not arrive behind the flush.
     */
    static void start(LoopContext loop, WriteOrder order, ServerConnection server, FlushListener listener) {
        VerifiedFlush flush = new VerifiedFlush(loop, server, listener);
        order.global(() -> {
            try {
                flush.setCanary();
            } finally {
                order.globalEnded();
            }
        });
    }

    private void setCanary() {
        ask(SET_CANARY, ReplyShape.STORED, ReplyLine.STORED, this::pause);
    }

    private void pause() {
        loop.eventLoop().schedule(this::flush, PAUSE.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void flush() {
        flushes++;
        ask(FLUSH_ALL, ReplyShape.OK, ReplyLine.OK, this::lookForCanary);
    }

    /** Asked before each step: after a pause this proxy may not be the one any more that may empty a server. */
    private boolean isHindered() {
        if (!loop.mayRepair()) {
            listener.failed(JournalReplay.NOT_OURS);
            return true;
        }
        if (!server.usable()) {
            listener.failed("connection lost");
            return true;
        }
        return false;
    }

    private void ask(byte[] line, ReplyShape shape, ReplyLine expected, Runnable then) {
        if (isHindered()) {
            return;
        }
        LineRequest.LineListener answer = new LineRequest.LineListener() {
            @Override
            public void answered(LineRequest.LineAnswer heard) {
                if (heard.meaning() == expected) {
                    then.run();
                } else {
                    listener.failed("a flush was answered " + heard.text());
                }
            }

            @Override
            public void failed() {
                listener.failed("connection lost");
            }
        };
        server.send(new LineRequest(shape, answer), out -> out.bytes(line));
    }

    private void lookForCanary() {
        if (isHindered()) {
            return;
        }
        ItemRead.ReadListener answer = new ItemRead.ReadListener() {
            @Override
            public void found(ItemRead.Item item, ByteRanges data) {
                data.release();
                if (flushes < MAX_FLUSHES) {
                    pause();
                } else {
                    listener.failed("an item was still there after " + MAX_FLUSHES + " flushes");
                }
            }

            @Override
            public void absent() {
                listener.done();
            }

            @Override
            public void failed() {
                listener.failed("the question for an item after a flush was not answered");
            }
        };
        server.send(ItemRead.classic(CANARY, answer), out -> out.bytes(GET_CANARY));
    }
}
