package io.mempair.proxy.recovery;

import static io.mempair.proxy.refill.RefillingPair.fill;
import static io.mempair.proxy.refill.RefillingPair.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.refill.Copying;
import io.mempair.proxy.refill.RefillingPair;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.WriteOrder;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.ScriptedServer;
import io.mempair.proxy.testkit.ServerLoop;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
@ExtendWith(NoLeaks.class)
class JournalReplayIT {

    private RefillingPair pair;
    private ReplicaState replica;

    /** How it ended: the keys, or why not. */
    private record ReplayEnd(List<Key> purged, boolean flushed, String failure) {}

    @BeforeEach
    void start() throws IOException {
        pair = new RefillingPair();
        replica = pair.targetState.replica();
    }

    @AfterEach
    void stop() throws IOException {
        pair.close();
    }

    private static ReplayEnd purge(ServerLoop loop, WriteOrder order, ServerConnection server) {
        CompletableFuture<ReplayEnd> ended = new CompletableFuture<>();
        loop.run(() -> JournalReplay.start(loop.context(), order, server, new JournalReplay.ReplayListener() {
            @Override
            public void done(int deletedKeys, boolean flushed) {
                ended.complete(new ReplayEnd(server.state().replica().refill().lackingKeys(), flushed, ""));
            }

            @Override
            public void failed(String reason) {
                ended.complete(new ReplayEnd(List.of(), false, reason));
            }
        }));
        return ServerLoop.await(ended);
    }

    private ReplayEnd purge() {
        return purge(pair.first.loop(), pair.first.order(), pair.first.to());
    }

    @Test
    void whatTheServerMissedIsDeletedAndNothingElse() throws IOException {
        fill(pair.atTarget, 2_000, "old");
        for (int i = 0; i < 1_000; i++) {
            replica.missed(Copying.key("k" + i));
        }
        replica.missed(Copying.key("a b"));
        pair.atTarget.ask("ms YSBi 3 b\r\nold\r\n", "HD\r\n");

        ReplayEnd end = purge();

        assertThat(end.failure()).isEmpty();
        assertThat(end.flushed()).isFalse();
        assertThat(end.purged()).hasSize(1_001);
        assertThat(replica.status()).isEqualTo(ReplicaStatus.REFILLING);
        for (int i = 0; i < 2_000; i++) {
            assertThat(value(pair.atTarget, "k" + i)).isEqualTo(i < 1_000 ? null : "old");
        }
        assertThat(pair.atTarget.ask("mg YSBi b v\r\n", "EN\r\n")).isEqualTo("EN\r\n");
    }

    /** Each key is missed again as soon as a write of it may go on, on another loop. */
    @Test
    void keysThatAreWrittenAllTheTimeDoNotKeepTheServerOut() throws IOException {
        List<Key> hot = List.of(Copying.key("k0"), Copying.key("k1"), Copying.key("k2"));
        hot.forEach(replica::missed);
        pair.second.loop().run(() -> hot.forEach(this::missAgain));

        ReplayEnd end = purge();

        assertThat(end.failure()).isEmpty();
        assertThat(end.purged()).containsAll(hot);
        assertThat(replica.status()).isEqualTo(ReplicaStatus.REFILLING);
    }

    private void missAgain(Key key) {
        WriteOrder order = pair.second.order();
        order.shared(key.stripe(), () -> {
            boolean out = !replica.takes(key);
            order.ended(key.stripe());
            if (out) {
                pair.second.loop().context().eventLoop().execute(() -> missAgain(key));
            }
        });
    }

    @Test
    void aServerThatMissedTooMuchIsFlushed() throws IOException {
        fill(pair.atTarget, 100, "old");
        replica.missedEverything();

        ReplayEnd end = purge();

        assertThat(end).isEqualTo(new ReplayEnd(List.of(), true, ""));
        assertThat(replica.status()).isEqualTo(ReplicaStatus.REFILLING);
        for (int i = 0; i < 100; i++) {
            assertThat(value(pair.atTarget, "k" + i)).isNull();
        }
    }

    @Test
    void aKeyThatCannotBeSaidCostsEverything() throws IOException {
        fill(pair.atTarget, 1, "old");
        replica.missed(Copying.key("a ".repeat(100)));

        assertThat(purge().flushed()).isTrue();
        assertThat(value(pair.atTarget, "k0")).isNull();
    }

    @Test
    void aServerThatCannotFlushStaysOut() throws IOException {
        String stillThere = "VALUE mempair:canary 0 1\r\n1\r\nEND\r\n";
        for (String answer : List.of("CLIENT_ERROR flush_all not allowed\r\n", "OK\r\n", "")) {
            try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {
                if (line.startsWith("set")) {
                    connection.data(1);
                    connection.send("STORED\r\n");
                } else if (line.startsWith("get")) {
                    connection.send(stillThere);
                } else if (answer.isEmpty()) {
                    connection.close();
                } else {
                    connection.send(answer);
                }
            })) {
                ServerConnection connection = pair.first.loop().connect(server.address());
                connection.state().replica().missedEverything();

                assertThat(purge(pair.first.loop(), pair.first.order(), connection)
                                .failure())
                        .isNotEmpty();

                assertThat(connection.state().replica().status()).isEqualTo(ReplicaStatus.OUT);
                assertThat(connection.state().replica().missedWrites().journaledKeys())
                        .isEqualTo(-1);
                assertThat(server.lines()).filteredOn("flush_all"::equals).hasSize(answer.startsWith("OK") ? 3 : 1);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"SERVER_ERROR no,k299", "'',k299", "'',k0", "nonsense,k5"})
    void aServerThatDoesNotDeleteStaysOutWithAllItMissed(String answer, String key) throws IOException {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {
            if (!line.equals("delete " + key)) {
                connection.send("DELETED\r\n");
            } else if (answer.isEmpty()) {
                connection.close();
            } else {
                connection.send(answer + "\r\n");
            }
        })) {
            ServerConnection connection = pair.first.loop().connect(server.address());
            ReplicaState its = connection.state().replica();
            for (int i = 0; i < 300; i++) {
                its.missed(Copying.key("k" + i));
            }

            assertThat(purge(pair.first.loop(), pair.first.order(), connection).failure())
                    .isNotEmpty();

            assertThat(its.status()).isEqualTo(ReplicaStatus.OUT);
            assertThat(its.missedWrites().journaledKeys()
                            + its.refill().lackingKeys().size())
                    .isEqualTo(300);
        }
    }
}
