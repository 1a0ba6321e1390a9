package io.mempair.proxy.recovery;

import static io.mempair.proxy.refill.RefillingPair.fill;
import static io.mempair.proxy.refill.RefillingPair.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.recovery.BulkCopier.CopyProgress;
import io.mempair.proxy.refill.Copying;
import io.mempair.proxy.refill.RefillingPair;
import io.mempair.proxy.refill.Refills;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.ScriptedServer;
import io.mempair.proxy.testkit.ServerLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 90, unit = TimeUnit.SECONDS)
@ExtendWith(NoLeaks.class)
class BulkCopierIT {

    private RefillingPair pair;
    private BulkCopier copier;

    @BeforeEach
    void start() throws IOException {
        pair = new RefillingPair();
    }

    @AfterEach
    void stop() throws IOException {
        pair.close();
    }

    private CompletableFuture<Boolean> begin(
            ServerConnection source, BiPredicate<Key, ServerConnection> owns, int keysPerSecond) {
        return begin(source, owns, keysPerSecond, 1 << 20);
    }

    private CompletableFuture<Boolean> begin(
            ServerConnection source, BiPredicate<Key, ServerConnection> owns, int keysPerSecond, int spoolBytes) {
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        ServerLoop loop = pair.first.loop();
        Refills refills = new Refills(loop.context(), pair.first.order(), Copying.LIFETIME_SECONDS);
        BulkCopyPlan plan = new BulkCopyPlan(
                List.of(source), pair.first.to(), owns, keysPerSecond, Duration.ofSeconds(5), spoolBytes);
        copier = loop.call(() ->
                BulkCopier.start(loop.context(), pair.first.order(), loop.bootstrap(), refills, plan, ended::complete));
        return ended;
    }

    @Test
    void everyKeyThatTheTargetShouldHaveIsCopied() throws IOException {
        fill(pair.atSource, 5_000, "v");
        pair.atSource.ask("ms YSBi 3 b F8\r\nnew\r\n", "HD\r\n");

        CompletableFuture<Boolean> ended =
                begin(pair.first.from(), (key, source) -> key.bytes()[key.bytes().length - 1] != '7', 1_000_000);

        assertThat(ServerLoop.await(ended)).isTrue();
        assertThat(pair.targetState.replica().status()).isEqualTo(ReplicaStatus.SERVING);
        assertThat(copier.progress()).isEqualTo(new CopyProgress(5_001, 4_501, 0, 5_001));
        for (int i = 0; i < 5_000; i++) {
            assertThat(value(pair.atTarget, "k" + i)).isEqualTo(i % 10 == 7 ? null : "v");
        }
        assertThat(pair.atTarget.ask("mg YSBi b v f\r\n", "VA 3 f8\r\nnew\r\n")).isEqualTo("VA 3 f8\r\nnew\r\n");
    }

    /** A server that waits for the reader of its keys holds up its clients. */
    @Test
    void aServerIsReadAsFastAsItNamesItsKeysHoweverSlowlyTheyAreCopied() throws Exception {
        int keys = 60_000;
        String rest = "x".repeat(200); // all together more than the sockets hold
        CountDownLatch named = new CountDownLatch(1);
        try (ScriptedServer source = ScriptedServer.playing((line, connection) -> {
            if (line.startsWith("lru_crawler")) {
                StringBuilder dump = new StringBuilder();
                for (int i = 0; i < keys; i++) {
                    dump.append("key=k")
                            .append(i)
                            .append(rest)
                            .append(" exp=-1 la=1800000000 cas=1 fetch=no cls=1 size=61\n");
                }
                connection.send(dump.append("END\r\n").toString());
                named.countDown();
            } else {
                connection.send(line.startsWith("mg") ? "EN\r\n" : "END\r\n");
            }
        })) {
            ServerConnection from = pair.first.loop().connect(source.address());

            begin(from, (key, server) -> true, 1);

            assertThat(named.await(70, TimeUnit.SECONDS))
                    .as("all keys were taken")
                    .isTrue();
            pair.first.loop().run(copier::stop);
        }
    }

    @Test
    void moreKeysThanThereIsRoomForAreReadInSeveralWalks() throws IOException {
        int keys = 3_000;
        StringBuilder dump = new StringBuilder();
        for (int i = 0; i < keys; i++) {
            dump.append("key=k").append(i).append(" exp=-1 la=1 cas=1 fetch=no cls=1 size=61\n");
        }
        dump.append("END\r\n");
        try (ScriptedServer source = ScriptedServer.playing((line, connection) -> {
            if (line.startsWith("lru_crawler")) {
                connection.send(dump.toString());
            } else {
                connection.send(line.startsWith("mg") ? "VA 1 f0 t-1 c1\r\nx\r\n" : "STAT curr_items 3000\r\nEND\r\n");
            }
        })) {
            ServerConnection from = pair.first.loop().connect(source.address());

            assertThat(ServerLoop.await(begin(from, (key, server) -> true, 1_000_000, 16 << 10)))
                    .isTrue();

            assertThat(source.lines())
                    .filteredOn(line -> line.startsWith("lru_crawler"))
                    .hasSizeGreaterThan(1);
            assertThat(copier.progress()).isEqualTo(new CopyProgress(keys, keys, 0, keys));
            for (int i = 0; i < keys; i++) {
                assertThat(value(pair.atTarget, "k" + i)).isEqualTo("x");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ERROR\r\n",
                "CLIENT_ERROR lru crawler disabled\r\n",
                "key=k0 exp=-1 la=1 cas=1 fetch=no cls=1 size=61\n",
                "key=k0",
                "key=%4 exp=-1\n",
                ""
            })
    void aSourceThatDoesNotNameItsKeysDoesNotEndTheRefill(String answer) throws IOException {
        try (ScriptedServer source = ScriptedServer.playing((line, connection) -> {
            if (line.startsWith("lru_crawler")) {
                connection.send(answer);
                if (!answer.contains("ERROR")) {
                    connection.close();
                }
            } else {
                connection.send(line.startsWith("mg") ? "EN\r\n" : "END\r\n");
            }
        })) {
            ServerConnection from = pair.first.loop().connect(source.address());

            assertThat(ServerLoop.await(begin(from, (key, server) -> true, 1_000)))
                    .isFalse();

            assertThat(pair.targetState.replica().status()).isEqualTo(ReplicaStatus.REFILLING);
        }
    }

    /** The hash table grows; from memcached 1.6.43 on an OK comes first. */
    @ParameterizedTest
    @CsvSource({
        "ERROR locked try again later|, ''",
        "OK|ERROR locked try again later|, OK|",
        "BUSY currently processing crawler request|, OK|",
        "'', OK|"
    })
    void aSourceThatCannotNameItsKeysYetIsAskedAgainForAllOfThem(String first, String before) throws IOException {
        int[] asked = new int[1];
        String refusal = first.replace("|", "\r\n");
        try (ScriptedServer source = ScriptedServer.playing((line, connection) -> {
            if (line.startsWith("lru_crawler")) {
                connection.send(
                        asked[0]++ == 0 && !refusal.isEmpty()
                                ? refusal
                                : before.replace("|", "\r\n")
                                        + "key=k exp=-1 la=1 cas=1 fetch=no cls=1 size=61\nEND\r\n");
            } else {
                connection.send(line.startsWith("mg") ? "VA 1 f0 t-1 c1\r\nx\r\n" : "STAT curr_items 1\r\nEND\r\n");
            }
        })) {
            ServerConnection from = pair.first.loop().connect(source.address());

            assertThat(ServerLoop.await(begin(from, (key, server) -> true, 1_000)))
                    .isTrue();

            assertThat(copier.progress()).isEqualTo(new CopyProgress(1, 1, 0, 1));
            assertThat(value(pair.atTarget, "k")).isEqualTo("x");
            assertThat(source.lines()).doesNotContain("lru_crawler metadump all");
        }
    }

    @Test
    void aSourceThatDoesNotWalkItsHashTableOrIsBusyIsAskedAgain() throws IOException {
        int[] asked = new int[1];
        try (ScriptedServer source = ScriptedServer.playing((line, connection) -> {
            if (line.equals("lru_crawler metadump hash")) {
                connection.send("BADCLASS invalid class id\r\n");
            } else if (line.equals("lru_crawler metadump all")) {
                connection.send(
                        asked[0]++ == 0
                                ? "BUSY currently processing crawler request\r\n"
                                : "key=k%20%0A exp=-1 la=1 cas=1 fetch=no cls=1 size=61\nEND\r\n");
            } else {
                connection.send(line.startsWith("mg") ? "VA 1 f0 t-1\r\nx\r\n" : "STAT curr_items 1\r\nEND\r\n");
            }
        })) {
            ServerConnection from = pair.first.loop().connect(source.address());

            assertThat(ServerLoop.await(begin(from, (key, server) -> true, 1_000)))
                    .isTrue();

            assertThat(copier.progress()).isEqualTo(new CopyProgress(1, 1, 0, 1));
            assertThat(pair.atTarget.ask("mg ayAK b v\r\n", "VA 1\r\nx\r\n")).isEqualTo("VA 1\r\nx\r\n");
        }
    }

    /** Else the refill of a server that is smaller, or takes only shorter items, would begin again and again. */
    @Test
    void anItemThatTheTargetCannotTakeDoesNotKeepTheRefillFromEnding() throws IOException {
        try (ScriptedServer source = ScriptedServer.playing((line, connection) -> {
            if (line.startsWith("lru_crawler")) {
                connection.send("key=long exp=-1 la=1 cas=1 fetch=no cls=1 size=61\n"
                        + "key=short exp=-1 la=1 cas=1 fetch=no cls=1 size=61\nEND\r\n");
            } else if (line.startsWith("mg long")) {
                connection.send("VA 1100000 f0 t-1\r\n" + "x".repeat(1_100_000) + "\r\n");
            } else {
                connection.send(line.startsWith("mg") ? "VA 1 f0 t-1\r\nx\r\n" : "END\r\n");
            }
        })) {
            ServerConnection from = pair.first.loop().connect(source.address());

            assertThat(ServerLoop.await(begin(from, (key, server) -> true, 1_000)))
                    .isTrue();

            assertThat(copier.progress().failed()).isZero();
            assertThat(pair.targetState.replica().status()).isEqualTo(ReplicaStatus.SERVING);
            assertThat(value(pair.atTarget, "long")).isNull();
            assertThat(value(pair.atTarget, "short")).isEqualTo("x");
        }
    }
}
