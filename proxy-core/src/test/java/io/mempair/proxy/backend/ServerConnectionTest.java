package io.mempair.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.health.ReconnectPolicy;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.ScriptedServer;
import io.mempair.proxy.testkit.ServerLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class ServerConnectionTest {

    /** A piece that goes to the channel at once, not into the batch of the turn. */
    private static final int LARGE_BYTES = 4_096;

    private final List<Channel> channels = new CopyOnWriteArrayList<>();

    private ServerConnection connect(ServerLoop loop, ScriptedServer server) {
        Bootstrap bootstrap = new Bootstrap().group(loop.context().eventLoop()).channelFactory(() -> {
            Channel channel = new NioSocketChannel();
            channels.add(channel);
            return channel;
        });
        ServerTimeouts timeouts = ServerTimeouts.DEFAULT;
        ReconnectPolicy reconnect =
                new ReconnectPolicy(timeouts.retryMin(), timeouts.retryMax(), new SplittableRandom(1));
        ServerConnection connection = new ServerConnection(
                loop.context(),
                bootstrap,
                ServerLoop.state(server.address()),
                timeouts,
                reconnect,
                new Backpressure(),
                null);
        loop.call(connection::start);
        await("usable").atMost(ServerLoop.PATIENCE).until(() -> loop.call(connection::usable));
        return connection;
    }

    @Test
    void aRequestWrittenToAChannelThatIsJustClosingFailsWithTheOthers() throws Exception {
        try (ServerLoop loop = new ServerLoop();
                ScriptedServer server = ScriptedServer.playing((line, connection) -> {})) {
            ServerConnection connection = connect(loop, server);
            Failing first = new Failing();
            Failing second = new Failing();
            loop.call(() -> {
                // closed, but the connection has not heard of it: that is a task of its own
                channels.get(0).close();
                write(connection, first);
                write(connection, second);
                return null;
            });

            await("both fail")
                    .atMost(ServerLoop.PATIENCE)
                    .until(() -> first.failures.get() + second.failures.get() == 2);
            await("usable again").atMost(ServerLoop.PATIENCE).until(() -> loop.call(connection::usable));
            assertThat(loop.call(connection::inFlight)).isZero();
            assertThat(first.failures).hasValue(1);
            loop.call(() -> {
                connection.close();
                return null;
            });
        }
    }

    /** The clock of a turn is the test's, timers go by the real one. */
    @Test
    void theServersTimeBeginsWhenALongTurnIsOver() throws Exception {
        MockTicker ticker = Ticker.newMockTicker();
        try (ServerLoop loop = new ServerLoop(ticker);
                ScriptedServer server = ScriptedServer.playing((line, connection) -> {})) {
            ServerConnection connection = connect(loop, server);
            long timeoutNanos = loop.call(connection::requestTimeoutNanos);
            Failing request = new Failing();
            CompletableFuture<Integer> failuresByThen = new CompletableFuture<>();
            loop.run(() -> {
                connection.output().bytes("get k\r\n".getBytes(StandardCharsets.US_ASCII));
                connection.sent(request);
                ticker.advance(2 * timeoutNanos, TimeUnit.NANOSECONDS);
                loop.context()
                        .eventLoop()
                        .schedule(
                                () -> failuresByThen.complete(request.failures.get()),
                                timeoutNanos + timeoutNanos / 2,
                                TimeUnit.NANOSECONDS);
            });

            assertThat(ServerLoop.await(failuresByThen)).isZero();
            loop.run(connection::close);
        }
    }

    private static void write(ServerConnection connection, ServerRequest request) {
        ByteBuf value = Unpooled.directBuffer(LARGE_BYTES);
        value.writeZero(LARGE_BYTES);
        connection.output().bytes(value, 0, LARGE_BYTES);
        value.release();
        connection.sent(request);
    }

    private static final class Failing extends ServerRequest {

        private final AtomicInteger failures = new AtomicInteger();

        @Override
        protected ReplyShape shape() {
            return ReplyShape.STORED;
        }

        @Override
        protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
            throw new AssertionError("answered: " + meaning);
        }

        @Override
        protected void failed(ServerFailure failure) {
            failures.incrementAndGet();
        }
    }
}
