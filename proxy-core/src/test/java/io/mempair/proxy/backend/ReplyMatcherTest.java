package io.mempair.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.proxy.backend.BufferedRequest.ReplyListener;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.loop.Fence;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.replication.IdClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplyMatcherTest {

    private static final ServerAddress SERVER = new ServerAddress("127.0.0.1", 1);

    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel =
            EmbeddedChannel.builder().ticker(ticker).build();
    private final LoopContext loop = new LoopContext(channel.eventLoop(), ticker, new Fence(), new IdClock(1, 0, 0));
    private final InFlightQueue inFlight = new InFlightQueue(
            loop, SERVER, TimeUnit.SECONDS.toNanos(1), () -> {}, () -> Long.MAX_VALUE, new AtomicInteger());
    private final ReplyMatcher matcher = new ReplyMatcher(loop, SERVER, inFlight, null);
    private final List<String> outcomes = new ArrayList<>();

    @AfterEach
    void close() {
        channel.close();
    }

    private void ask(String name, ReplyShape shape) {
        ask(shape, new ReplyListener() {
            @Override
            public void answered(byte[] reply, ReplyLine meaning) {
                outcomes.add(name + " " + BufferedRequest.text(reply));
            }

            @Override
            public void failed(ServerFailure failure) {
                outcomes.add(name + " failed " + failure);
            }
        });
    }

    private void ask(ReplyShape shape, ReplyListener listener) {
        inFlight.add(BufferedRequest.ofWrite(TimedCommand.SET, shape, listener), 0);
    }

    private boolean line(String line, ReplyLine meaning) {
        ByteBuf in = Unpooled.copiedBuffer(line + "\r\n", StandardCharsets.ISO_8859_1);
        try {
            return matcher.line(in, 0, in.readableBytes(), meaning);
        } finally {
            in.release();
        }
    }

    @Test
    void repliesGoToRequestsInTheirOrder() {
        ask("set", ReplyShape.STORED);
        ask("delete", ReplyShape.DELETED);

        assertThat(matcher.expected()).isEqualTo(ReplyShape.STORED);
        assertThat(line("STORED", ReplyLine.STORED)).isFalse();
        assertThat(matcher.expected()).isEqualTo(ReplyShape.DELETED);
        assertThat(line("NOT_FOUND", ReplyLine.NOT_FOUND)).isFalse();

        assertThat(matcher.expected()).isNull();
        assertThat(outcomes).containsExactly("set STORED", "delete NOT_FOUND");
    }

    @Test
    void aValueBelongsToTheOldestRequest() {
        ask("incr", ReplyShape.META);
        ByteBuf in = Unpooled.copiedBuffer("VA 1\r\n7\r\n", StandardCharsets.ISO_8859_1);

        assertThat(matcher.answering().itemStarts(new byte[0], 0, 0)).isTrue();
        matcher.answering().itemBytes(in, 0, in.readableBytes(), true);
        matcher.retrievalEnds();

        assertThat(inFlight.size()).isZero();
        assertThat(outcomes).containsExactly("incr VA 1\r\n7");
        in.release();
    }

    @Test
    void aReplyWithoutARequestIsADefect() {
        assertThatThrownBy(matcher::answering).isInstanceOf(AssertionError.class);
    }

    @Test
    void aRequestThatThrowsIsFailedAndIsNoLongerInFlight() {
        List<ServerFailure> failures = new ArrayList<>();
        ask(ReplyShape.STORED, new ReplyListener() {
            @Override
            public void answered(byte[] reply, ReplyLine meaning) {
                throw new IllegalStateException("a fault of ours");
            }

            @Override
            public void failed(ServerFailure failure) {
                failures.add(failure);
            }
        });

        assertThatThrownBy(() -> line("STORED", ReplyLine.STORED)).hasMessage("a fault of ours");

        assertThat(failures).containsExactly(ServerFailure.CONNECTION_LOST);
        assertThat(inFlight.size()).isZero();
    }

    @Test
    void aRefusalThatLeavesTheDataBlockUnreadMakesTheConnectionUseless() {
        ask("set", ReplyShape.STORED);
        assertThat(line("ERROR", ReplyLine.ERROR)).isTrue();

        ask("set", ReplyShape.STORED);
        assertThat(line("SERVER_ERROR out of memory storing object", ReplyLine.SERVER_ERROR))
                .isFalse();

        ask("delete", ReplyShape.DELETED);
        assertThat(line("ERROR", ReplyLine.ERROR)).isFalse();
    }
}
