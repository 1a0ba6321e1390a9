package io.mempair.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.metrics.LatencyBuckets;
import io.mempair.proxy.metrics.ServerLatencies;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.ScriptedServer;
import io.mempair.proxy.testkit.ServerLoop;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class AnswerLatencyTest {

    private static final byte[] LINE = "delete k\r\n".getBytes(StandardCharsets.US_ASCII);

    /** The bucket of 20 to 50 ms. */
    private static final int BUCKET = 9;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final BlockingQueue<ScriptedServer.ScriptedConnection> asked = new LinkedBlockingQueue<>();

    private ScriptedServer server() throws Exception {
        return ScriptedServer.playing((line, connection) -> asked.add(connection));
    }

    private static TimedRequest send(ServerLoop loop, ServerConnection connection, TimedRequest request) {
        loop.run(() -> {
            connection.output().bytes(LINE);
            connection.sent(request);
        });
        return request;
    }

    private ScriptedServer.ScriptedConnection nextAsked() throws Exception {
        ScriptedServer.ScriptedConnection connection = asked.poll(ServerLoop.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(connection).isNotNull();
        return connection;
    }

    private static ServerLatencies.Histogram deletions(ServerState state) {
        return state.latencies().orElseThrow().histogram(TimedCommand.DELETE);
    }

    @Test
    void anAnswerIsCountedWithTheTimeSinceItsRequestWasSent() throws Exception {
        try (ScriptedServer server = server();
                ServerLoop loop = new ServerLoop(ticker)) {
            ServerState state = ServerLoop.state(server.address());
            ServerConnection connection = loop.connect(state, ServerTimeouts.DEFAULT);
            TimedRequest request = send(loop, connection, new TimedRequest(TimedCommand.DELETE));

            ScriptedServer.ScriptedConnection serving = nextAsked();
            ticker.advance(30, TimeUnit.MILLISECONDS);
            serving.send("NOT_FOUND\r\n");

            assertThat(ServerLoop.await(request.end)).isEqualTo("NOT_FOUND");
            ServerLatencies.Histogram histogram = deletions(state);
            assertThat(histogram.counts().get(BUCKET)).isEqualTo(1);
            assertThat(histogram.counts()).hasSize(LatencyBuckets.count());
            assertThat(histogram.sumNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(30));
        }
    }

    @Test
    void anotherTimeoutMeanwhileChangesNothing() throws Exception {
        try (ScriptedServer server = server();
                ServerLoop loop = new ServerLoop(ticker)) {
            ServerState state = ServerLoop.state(server.address());
            ServerConnection connection = loop.connect(state, ServerTimeouts.DEFAULT);
            TimedRequest request = send(loop, connection, new TimedRequest(TimedCommand.DELETE));
            ScriptedServer.ScriptedConnection serving = nextAsked();
            ServerTimeouts d = ServerTimeouts.DEFAULT;
            loop.run(() -> connection.change(new ServerTimeouts(
                    d.connect(), d.request().multipliedBy(20), d.probe(), d.retryMin(), d.retryMax())));

            ticker.advance(40, TimeUnit.MILLISECONDS);
            serving.send("DELETED\r\n");

            ServerLoop.await(request.end);
            assertThat(deletions(state).sumNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(40));
        }
    }

    @Test
    void neitherQuestionsOfOurOwnNorRequestsWithoutAnswerAreCounted() throws Exception {
        try (ScriptedServer server = server();
                ServerLoop loop = new ServerLoop(ticker)) {
            ServerState state = ServerLoop.state(server.address());
            ServerConnection connection = loop.connect(state, ServerTimeouts.DEFAULT);
            TimedRequest own = send(loop, connection, new TimedRequest());
            nextAsked().send("DELETED\r\n");
            ServerLoop.await(own.end);
            TimedRequest lost = send(loop, connection, new TimedRequest(TimedCommand.DELETE));
            nextAsked().close();

            assertThat(ServerLoop.await(lost.end)).isEqualTo("CONNECTION_LOST");
            await("usable again").atMost(ServerLoop.PATIENCE).until(() -> loop.call(connection::usable));
            assertThat(List.of(TimedCommand.values()))
                    .allMatch(command ->
                            state.latencies().orElseThrow().histogram(command).isEmpty());
        }
    }

    private static final class TimedRequest extends ServerRequest {

        private final CompletableFuture<String> end = new CompletableFuture<>();

        TimedRequest() {}

        TimedRequest(TimedCommand command) {
            super(command);
        }

        @Override
        protected ReplyShape shape() {
            return ReplyShape.DELETED;
        }

        @Override
        protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
            end.complete(meaning.name());
        }

        @Override
        protected void failed(ServerFailure failure) {
            end.complete(failure.name());
        }
    }
}
