package io.mempair.proxy.copies;

import static io.mempair.proxy.copies.ScriptedPair.AFTER_LOSS;
import static io.mempair.proxy.copies.ScriptedPair.AFTER_RETURN;
import static io.mempair.proxy.copies.ScriptedPair.MUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.CopyPolicy.Acknowledge;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.testkit.NoLeaks;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A write that the primary decided and the backup could not follow: the whole item is copied. Whatever is lost in the middle of that,
 * what was acknowledged before is still there, and what was overwritten is not read again.
 */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class RepairOfACopyTest {

    private static final String LOOK = "mg a f s c";
    private static final String READ = "mg a u v f t c";
    private static final String MARK = "ms a 0 ME";
    private static final String STORE = "ms a 1 C9";
    private static final String TAKE_AWAY = "md a C9";

    private static final CopyPolicy EARLY =
            new CopyPolicy(Acknowledge.PRIMARY, false, 1 << 20, 0, Duration.ofDays(1), Duration.ofHours(1));

    /** A request, what the client hears when it is done, and how the backup answers it so that it must be repaired. */
    static Stream<Arguments> writes() {
        return Stream.of(
                Arguments.of("incr a 1", "6", "incr", "5"),
                Arguments.of("incr a 1", "6", "incr", "NOT_FOUND"),
                Arguments.of("touch a 0", "TOUCHED", "touch", "NOT_FOUND"),
                Arguments.of("append a 0 0 1|y", "STORED", "append", "NOT_STORED"),
                Arguments.of("append a 0 0 1|y", "STORED", "append", "SERVER_ERROR out of memory"),
                Arguments.of("add a 0 0 1|y", "STORED", "set", "SERVER_ERROR out of memory"),
                Arguments.of("ms a 1 MA|y", "HD", "ms a 1 MA", "NS"));
    }

    private static Map<String, String> rules(String... prefixesAndAnswers) {
        Map<String, String> rules = new LinkedHashMap<>();
        for (int i = 0; i < prefixesAndAnswers.length; i += 2) {
            rules.put(prefixesAndAnswers[i], prefixesAndAnswers[i + 1]);
        }
        return rules;
    }

    private static boolean deletes(String line) {
        return line.startsWith("delete ") || line.startsWith("md ");
    }

    /** The backup has what it had, and serves; the primary forgets what no client was told of. */
    private static void expectOldCopyKept(ScriptedPair pair) {
        assertThat(pair.replica(1).status()).isEqualTo(ReplicaStatus.SERVING);
        await("the key is deleted at the primary when it is back")
                .until(() -> pair.primary().lines().stream().anyMatch(RepairOfACopyTest::deletes));
        assertThat(pair.backup().lines())
                .noneMatch(line -> line.startsWith(STORE) || line.startsWith("md a") || line.startsWith("delete a"));
        assertThat(pair.replica(1).missedWrites().journaledKeys()).isZero();
    }

    @ParameterizedTest
    @MethodSource("writes")
    void theOldCopyStaysIfTheDeciderIsLostBeforeItIsRead(String request, String done, String word, String refusal)
            throws Exception {
        for (String loss : List.of("close", MUTE, "VA 1 f0 t-1|close", "nonsense")) {
            try (ScriptedPair pair = ScriptedPair.of(rules(READ, loss), rules(word, refusal))) {
                assertThat(pair.ask(request)).as(loss).startsWith("SERVER_ERROR ");

                expectOldCopyKept(pair);
            }
        }
    }

    /** It may be another process that answers after that, which knows nothing of the write. */
    @ParameterizedTest
    @ValueSource(strings = {AFTER_LOSS, AFTER_RETURN})
    void theOldCopyStaysIfTheDeciderIsLostBeforeTheCopyBegins(String moment) throws Exception {
        try (ScriptedPair pair = ScriptedPair.of(rules("incr", "6|close"), rules("incr", moment + "5"))) {
            assertThat(pair.ask("incr a 1")).startsWith("SERVER_ERROR ");

            expectOldCopyKept(pair);
            assertThat(pair.primary().lines()).doesNotContain(READ);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {AFTER_LOSS, AFTER_RETURN})
    void theOldCopyStaysIfTheDeciderIsLostWhileTheOtherIsLookedAt(String moment) throws Exception {
        try (ScriptedPair pair =
                ScriptedPair.of(rules("incr", "6|close"), rules("incr", "5", LOOK, moment + "HD f0 s1 c9"))) {
            assertThat(pair.ask("incr a 1")).startsWith("SERVER_ERROR ");

            expectOldCopyKept(pair);
            assertThat(pair.primary().lines()).doesNotContain(READ);
        }
    }

    @Test
    void aMarkIsTakenAwayIfTheDeciderIsLost() throws Exception {
        try (ScriptedPair pair = ScriptedPair.of(rules(READ, "close"), rules("incr", "NOT_FOUND", LOOK, "EN"))) {
            assertThat(pair.ask("incr a 1")).startsWith("SERVER_ERROR ");

            assertThat(pair.backup().lines()).last().isEqualTo(TAKE_AWAY);
            assertThat(pair.replica(1).status()).isEqualTo(ReplicaStatus.SERVING);
        }
    }

    /** The server that decides refuses, and may have dropped what it could not replace. */
    @Test
    void theOldCopyStaysIfTheDeciderRefusesAndIsLost() throws Exception {
        for (CopyPolicy policy : List.of(CopyPolicy.DEFAULT, EARLY)) {
            Map<String, String> byPrimary = rules("append", "SERVER_ERROR out of memory", READ, "close");
            try (ScriptedPair pair = ScriptedPair.of(byPrimary, rules(), policy)) {
                assertThat(pair.ask("append a 0 0 1|y")).startsWith("SERVER_ERROR ");

                expectOldCopyKept(pair);
            }
        }
    }

    @Test
    void theOldCopyGoesIfTheClientHasHeardOfTheWriteAlready() throws Exception {
        for (String loss : List.of("close", MUTE)) {
            try (ScriptedPair pair = ScriptedPair.of(rules(READ, loss), rules("incr", "5"), EARLY)) {
                assertThat(pair.ask("incr a 1")).isEqualTo("6");

                await("the old copy is deleted")
                        .until(() -> pair.backup().lines().stream().anyMatch(RepairOfACopyTest::deletes));
                assertThat(pair.replica(1).status()).isEqualTo(ReplicaStatus.SERVING);
                assertThat(pair.replica(0).missedWrites().journaledKeys()).isZero();
            }
        }
    }

    @Test
    void anOldCopyThatMustGoAndDoesNotIsOut() throws Exception {
        for (String refusal : List.of("close", "SERVER_ERROR no")) {
            Map<String, String> byBackup = rules("incr", "5", "delete", refusal);
            try (ScriptedPair pair = ScriptedPair.of(rules(READ, "close"), byBackup, EARLY)) {
                assertThat(pair.ask("incr a 1")).isEqualTo("6");

                await("the backup is out").until(() -> pair.replica(1).status() == ReplicaStatus.OUT);
            }
        }
    }

    /** Of a full server: it may have dropped its own. */
    @Test
    void nothingIsTakenFromAServerWithoutRoomIfTheDeciderIsLost() throws Exception {
        Map<String, String> byPrimary = rules(READ, "VA 1 f0 t-1|x|close");
        Map<String, String> byBackup = rules("incr", "5", STORE, AFTER_LOSS + "SERVER_ERROR out of memory");
        try (ScriptedPair pair = ScriptedPair.of(byPrimary, byBackup)) {
            assertThat(pair.ask("incr a 1")).startsWith("SERVER_ERROR ");

            assertThat(pair.backup().lines()).noneMatch(RepairOfACopyTest::deletes);
            assertThat(pair.replica(1).status()).isEqualTo(ReplicaStatus.SERVING);
        }
    }

    @Test
    void theNewItemCountsOnceTheOtherHasItWhateverBecomesOfTheDecider() throws Exception {
        Map<String, String> byPrimary = rules(READ, "VA 1 f0 t-1|x|close");
        try (ScriptedPair pair = ScriptedPair.of(byPrimary, rules("incr", "5", STORE, AFTER_LOSS + "HD"))) {
            assertThat(pair.ask("incr a 1")).isEqualTo("6");

            assertThat(pair.replica(1).status()).isEqualTo(ReplicaStatus.SERVING);
        }
    }

    /** Each step at which the other server can be lost, or say what helps nobody. */
    @ParameterizedTest
    @ValueSource(strings = {LOOK, MARK, STORE, TAKE_AWAY})
    void aServerThatIsLostWhileItIsRepairedIsOutBeforeTheClientHears(String step) throws Exception {
        for (String loss : List.of("close", MUTE, "ERROR", "CLIENT_ERROR no")) {
            Map<String, String> byBackup = rules("incr", "5", step, loss);
            if (step.equals(MARK)) {
                byBackup.put(LOOK, "EN");
            } else if (step.equals(TAKE_AWAY)) {
                byBackup.put(STORE, "SERVER_ERROR out of memory");
            }
            byBackup.put("delete", MUTE);
            try (ScriptedPair pair = ScriptedPair.of(rules(), byBackup)) {
                pair.proxy().server().onKnowledge(() -> {});

                pair.client().send("incr a 1\r\n");
                await(step + ' ' + loss).until(() -> pair.replica(1).status() == ReplicaStatus.OUT);
                assertThat(pair.client().hasInput()).isFalse();
                pair.proxy().server().knownToPeers(Long.MAX_VALUE);

                assertThat(pair.client().line()).isEqualTo("6");
            }
        }
    }

    /** Nobody knows what became of the write: with it or without it, what the decider has is as good as can be. */
    @Test
    void bothMayBeLost() throws Exception {
        Map<String, String> byBackup = rules("incr", "5", STORE, AFTER_LOSS + "close", "delete", MUTE);
        try (ScriptedPair pair = ScriptedPair.of(rules(READ, "VA 1 f0 t-1|x|close"), byBackup)) {
            assertThat(pair.ask("incr a 1")).startsWith("SERVER_ERROR ");

            await("the backup is out").until(() -> pair.replica(1).status() == ReplicaStatus.OUT);
            assertThat(pair.primary().lines()).noneMatch(RepairOfACopyTest::deletes);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"EX", "NF"})
    void whoWritesTheKeyAtTheOtherServerMeanwhileWins(String answer) throws Exception {
        try (ScriptedPair pair = ScriptedPair.of(rules(), rules("incr", "5", STORE, answer))) {
            assertThat(pair.ask("incr a 1")).isEqualTo("6");

            assertThat(pair.backup().lines()).last().asString().startsWith(STORE);
            assertThat(pair.replica(1).status()).isEqualTo(ReplicaStatus.SERVING);
        }
    }
}
