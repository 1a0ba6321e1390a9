package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.mempair.proxy.inspect.KeyText;
import io.mempair.proxy.inspect.RequestInspection;
import io.mempair.proxy.inspect.SlowRequest;
import io.mempair.proxy.inspect.Tap;
import io.mempair.proxy.inspect.TapFilter;
import io.mempair.proxy.inspect.TopKeys;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.Packets;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an operator sees of the requests of a running proxy. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class InspectionTest {

    private static final Duration EVERY_REQUEST = Duration.ofNanos(1);

    private final CompletableFuture<Void> slowMayAnswer = new CompletableFuture<>();

    private ScriptedServer server() throws IOException {
        return ScriptedServer.playing((line, connection) -> {
            if (line.contains("slow")) {
                slowMayAnswer.join();
            }
            String[] words = line.split(" ");
            if (words[0].equals("set")) {
                connection.data(Integer.parseInt(words[4]));
                connection.send("STORED\r\n");
            } else {
                connection.send(words[0].equals("mg") ? "EN\r\n" : "END\r\n");
            }
        });
    }

    /** Every loop looks by then: a task behind the change has run on each. */
    private static RequestInspection seeking(RunningProxy proxy, boolean plainKeys) {
        RequestInspection inspection = proxy.server().inspection();
        inspection.seekSlow(EVERY_REQUEST, plainKeys);
        proxy.server().loops().forEach(loop -> loop.run(() -> {}).join());
        return inspection;
    }

    @Test
    void aSlowRequestNamesItsCommandItsKeyAndTheServerThatAnsweredIt() throws Exception {
        try (ScriptedServer server = server();
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client();
                RawClient other = proxy.client()) {
            RequestInspection inspection = seeking(proxy, true);
            client.send("get slow1\r\nset k 0 0 1\r\nx\r\nmg m v\r\nget one two\r\n");
            assertThat(other.send("version\r\n").line()).startsWith("VERSION");
            slowMayAnswer.complete(null);
            for (String answer : List.of("END", "STORED", "EN", "END")) {
                assertThat(client.line()).isEqualTo(answer);
            }

            assertThat(inspection.slow())
                    .extracting(SlowRequest::command, SlowRequest::key, SlowRequest::server)
                    .containsExactlyInAnyOrder(
                            tuple(TimedCommand.GET, "one", server.address().toString()),
                            tuple(TimedCommand.GET, "m", server.address().toString()),
                            tuple(TimedCommand.SET, "k", server.address().toString()),
                            tuple(TimedCommand.GET, "slow1", server.address().toString()));
            inspection.seekSlow(Duration.ZERO, true);
            assertThat(inspection.slowThreshold()).isZero();
            proxy.server()
                    .loops()
                    .forEach(loop -> assertThat(loop.supply(() -> loop.context().inspector() == null)
                                    .join())
                            .as("nobody looks any more")
                            .isTrue());
        }
    }

    @Test
    void anAnswerThatWaitsForEarlierOnesOfItsClientSaysSo() throws Exception {
        try (ScriptedServer one = server();
                ScriptedServer two = server();
                RunningProxy proxy = RunningProxy.inFrontOf(one.address(), two.address());
                RawClient client = proxy.client();
                RawClient other = proxy.client()) {
            RequestInspection inspection = seeking(proxy, false);
            client.send("get slow1\r\n");
            for (int i = 0; i < 20; i++) {
                client.send("get quick" + i + "\r\n");
            }
            for (int i = 0; i < 200; i++) { // by then the quick server has answered
                assertThat(other.send("version\r\n").line()).startsWith("VERSION");
            }
            slowMayAnswer.complete(null);
            for (int i = 0; i <= 20; i++) {
                assertThat(client.line()).isEqualTo("END");
            }

            assertThat(inspection.slow())
                    .filteredOn(request -> request.orderNanos() > 0)
                    .as("those of the other server")
                    .isNotEmpty()
                    .allMatch(request ->
                            request.key().startsWith("#") && !request.server().isEmpty());
            assertThat(inspection.slow())
                    .filteredOn(request -> request.key().equals(KeyText.hashed("slow1")))
                    .singleElement()
                    .satisfies(request -> assertThat(request.orderNanos()).isZero());
        }
    }

    @Test
    void aRequestThatTimedOutNamesTheServerThatWasSilent() throws Exception {
        try (ScriptedServer server = server();
                RunningProxy proxy = RunningProxy.inFrontOfSilent(server.address());
                RawClient client = proxy.client()) {
            RequestInspection inspection = seeking(proxy, true);
            assertThat(client.send("get slow1\r\n").line()).startsWith("SERVER_ERROR");
            slowMayAnswer.complete(null);

            assertThat(inspection.slow()).singleElement().satisfies(request -> {
                assertThat(request.server()).isEqualTo(server.address().toString());
                assertThat(request.serverNanos()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(400));
            });
        }
    }

    @Test
    void aBinaryRequestIsSeenToo() throws Exception {
        try (ScriptedServer server = server();
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            RequestInspection inspection = seeking(proxy, true);
            client.send(Packets.of("get bin"));
            assertThat(client.receive(24)).hasSize(24);

            assertThat(inspection.slow()).extracting(SlowRequest::key).containsExactly("bin");
        }
    }

    @Test
    void theHotKeyOfManyIsFoundAndNobodyElseCanCountMeanwhile() throws Exception {
        try (ScriptedServer server = server();
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            RequestInspection inspection = proxy.server().inspection();
            CompletableFuture<TopKeys> top =
                    inspection.top(Duration.ofSeconds(2), 3).toCompletableFuture();
            assertThatThrownBy(() -> inspection
                            .top(Duration.ofSeconds(1), 3)
                            .toCompletableFuture()
                            .join())
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining("keys are counted for somebody else now");
            for (int round = 0; !top.isDone(); round++) {
                client.send("get hot\r\nget hot cold" + round + "\r\n");
                assertThat(client.line()).isEqualTo("END");
                assertThat(client.line()).isEqualTo("END");
            }

            TopKeys found = top.join();
            assertThat(found.keys()).hasSizeLessThanOrEqualTo(3);
            TopKeys.ServedKey hottest = found.keys().get(0);
            assertThat(hottest.key().toString()).startsWith("hot ");
            assertThat(hottest.server()).isEqualTo(server.address().toString());
        }
    }

    @Test
    void aTapShowsKeysOfAllCommandsWithItsPrefix() throws Exception {
        try (ScriptedServer server = server();
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            Tap tap = new Tap(new TapFilter(null, "user:"));
            proxy.server().inspection().open(tap);
            proxy.server().loops().forEach(loop -> loop.run(() -> {}).join());
            client.send("get other user:1 user:2\r\nset user:3 0 0 1\r\nx\r\nmg user:4 v\r\n");
            for (String answer : List.of("END", "STORED", "EN")) {
                assertThat(client.line()).isEqualTo(answer);
            }
            proxy.server().inspection().close(tap);

            for (String seen : List.of("get user:1", "get user:2", "set user:3", "get user:4")) {
                Tap.TappedRequest next = tap.poll();
                assertThat(next).isNotNull();
                assertThat(next.command().label() + ' ' + next.key()).isEqualTo(seen);
            }
            assertThat(tap.poll()).isNull();
        }
    }
}
