package io.mempair.proxy.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.frontend.ClientTls.TlsTerms;
import io.mempair.proxy.loop.Fence;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.replication.IdClock;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.TestCertificates;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** How the output of a client with TLS leaves: both ends in one thread, and turns that the test takes. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class ClientTlsTest {

    private static final int LARGE_BYTES = (1 << 20) + 7;

    /** What a turn makes of its bytes, with the headers and tags of the records. */
    private static final int TURN_AT_MOST_BYTES = TlsTurns.TURN_BYTES + 4_096;

    @TempDir
    private static Path folder;

    private static SslContext server;
    private static SslContext client;

    /** Time stands still unless a test lets it go on: so timers run when the test says. */
    private final EmbeddedChannel channel = channel();

    private final LoopContext loop =
            new LoopContext(channel.eventLoop(), Ticker.systemTicker(), new Fence(), new IdClock(1, 0, 0));
    private final TlsTurns turns = new TlsTurns(channel.eventLoop());
    private EmbeddedChannel peer;

    private static EmbeddedChannel channel() {
        EmbeddedChannel made = new EmbeddedChannel();
        made.freezeTime();
        return made;
    }

    @BeforeAll
    static void certificates() throws IOException {
        TestCertificates certificates = new TestCertificates(folder);
        Path authority = certificates.authority("ca");
        certificates.signed("proxy", "ca", "IP:127.0.0.1");
        server = SslContextBuilder.forServer(
                        folder.resolve("proxy.pem").toFile(),
                        folder.resolve("proxy.key").toFile())
                .sslProvider(SslProvider.JDK)
                .build();
        client = SslContextBuilder.forClient()
                .trustManager(authority.toFile())
                .sslProvider(SslProvider.JDK)
                .endpointIdentificationAlgorithm("")
                .build();
    }

    @BeforeEach
    void shakeHands() {
        channel.pipeline()
                .addLast(new ClientTls(
                        loop,
                        channel,
                        new TlsTerms(server, Runnable::run),
                        loop.memory().openShared(() -> {}),
                        turns));
        peer = new EmbeddedChannel(new SslHandler(client.newEngine(ByteBufAllocator.DEFAULT), Runnable::run));
        while (!peer.pipeline().get(SslHandler.class).handshakeFuture().isDone()
                || !channel.pipeline().get(ClientTls.class).handshakeFuture().isDone()) {
            pass(peer, channel);
            pass(channel, peer);
            peer.runPendingTasks();
            channel.runPendingTasks();
        }
        pass(channel, peer);
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
        peer.finishAndReleaseAll();
    }

    private static int pass(EmbeddedChannel from, EmbeddedChannel to) {
        int bytes = 0;
        for (ByteBuf piece = from.readOutbound(); piece != null; piece = from.readOutbound()) {
            bytes += piece.readableBytes();
            to.writeInbound(piece);
        }
        return bytes;
    }

    private void turn() {
        channel.advanceTimeBy(1, TimeUnit.MICROSECONDS);
        channel.runScheduledPendingTasks();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private byte[] received() {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf piece = peer.readInbound(); piece != null; piece = peer.readInbound()) {
            all.writeBytes(piece);
            piece.release();
        }
        return ByteBufUtil.getBytes(all);
    }

    @Test
    void aSmallAnswerLeavesAtOnce() {
        byte[] answer = random(1_000);

        channel.writeAndFlush(Unpooled.wrappedBuffer(answer));

        assertThat(pass(channel, peer)).isGreaterThan(1_000);
        assertThat(received()).isEqualTo(answer);
    }

    @Test
    void aLargeAnswerLeavesInSeveralTurns() {
        byte[] answer = random(LARGE_BYTES);
        ChannelFuture sent = channel.writeAndFlush(Unpooled.wrappedBuffer(answer));

        assertThat(pass(channel, peer)).isZero();
        int taken = 0;
        while (!sent.isDone()) {
            turn();
            assertThat(pass(channel, peer)).isPositive().isLessThan(TURN_AT_MOST_BYTES);
            taken++;
        }

        assertThat(taken).isEqualTo(LARGE_BYTES / TlsTurns.TURN_BYTES + 1);
        assertThat(received()).isEqualTo(answer);
    }

    @Test
    void whatIsWrittenMeanwhileFollows() {
        byte[] first = random(LARGE_BYTES);
        byte[] second = random(900);
        channel.writeAndFlush(Unpooled.wrappedBuffer(first));
        turn();
        ChannelFuture sent = channel.writeAndFlush(Unpooled.wrappedBuffer(second));
        while (!sent.isDone()) {
            turn();
        }
        pass(channel, peer);

        assertThat(received()).isEqualTo(ByteBufUtil.getBytes(Unpooled.wrappedBuffer(first, second)));
    }

    @Test
    void whatWaitsCountsAsUnsent() {
        channel.writeAndFlush(Unpooled.wrappedBuffer(random(LARGE_BYTES)));

        assertThat(channel.unsafe().outboundBuffer().totalPendingWriteBytes()).isGreaterThanOrEqualTo(LARGE_BYTES);
        assertThat(channel.isWritable()).isFalse();
    }

    @Test
    void aCloseSendsWhatWaitsFirst() {
        byte[] answer = random(LARGE_BYTES);
        channel.writeAndFlush(Unpooled.wrappedBuffer(answer));

        channel.close();
        pass(channel, peer);

        assertThat(received()).isEqualTo(answer);
    }

    @Test
    void whatWaitsIsReleasedWithTheConnection() {
        ByteBuf answer = Unpooled.wrappedBuffer(random(LARGE_BYTES));
        ChannelFuture sent = channel.writeAndFlush(answer);

        channel.pipeline().firstContext().close();
        turn();

        assertThat(sent.cause()).isInstanceOf(ClosedChannelException.class);
        assertThat(answer.refCnt()).isZero();
    }

    @Test
    void nothingIsKeptOfWhatIsWrittenToAClosedConnection() {
        channel.pipeline().firstContext().close();
        ByteBuf answer = Unpooled.wrappedBuffer(random(LARGE_BYTES));

        channel.writeAndFlush(answer);

        assertThat(answer.refCnt()).isZero();
    }
}
