package io.mempair.proxy.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerIdentity;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the second copy answers to a write, to what follows it, or to its repair, is not overheard. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class TwoCopiesRefusalTest {

    private static final String NO_MEMORY = "SERVER_ERROR out of memory storing object";

    /**
     * The peers hear nothing before the test says so: an answer that relies on a server being out waits for that, but for what
     * has gone to the client before ({@code early}).
     */
    private static void expectOutBeforeTheAnswer(ScriptedPair scene, String request, String answer, String... early)
            throws IOException {
        expectOutBeforeTheAnswer(scene, 1, request, answer, early);
    }

    private static void expectOutBeforeTheAnswer(
            ScriptedPair scene, int journaledKeys, String request, String answer, String... early) throws IOException {
        scene.proxy().server().onKnowledge(() -> {});

        scene.client().send(request.replace("|", "\r\n") + "\r\n");
        for (String line : early) {
            assertThat(scene.client().line()).isEqualTo(line);
        }
        await("the backup is out").until(() -> scene.replica(1).status() == ReplicaStatus.OUT);
        await("its journal").until(() -> scene.replica(1).missedWrites().journaledKeys() == journaledKeys);
        expectSilence(scene);

        scene.proxy().server().knownToPeers(Long.MAX_VALUE);
        assertThat(scene.client().line()).isEqualTo(answer);
    }

    /** Every loop has come round, and the client has heard nothing. */
    private static void expectSilence(ScriptedPair scene) throws IOException {
        for (int loop = 0; loop < 2; loop++) {
            try (RawClient other = scene.proxy().client()) {
                assertThat(other.send("mn\r\n").line()).isEqualTo("MN");
            }
        }
        assertThat(scene.client().hasInput()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "touch a 0, TOUCHED, touch=NOT_FOUND",
        "incr a 1, 6, incr=5",
        "add a 0 0 1|y, STORED, set=SERVER_ERROR out of memory storing object",
        "cas a 0 0 1 5|y, STORED, set=SERVER_ERROR out of memory storing object",
        "append a 0 0 1|y, STORED, append=NOT_STORED",
        "append a 0 0 1 noreply|y|mn, MN, append=NOT_STORED",
        "ma a v, VA 1 f0 t-1, ma=NF",
        "ms a 1 MA|y, HD, ms a 1 MA=NS",
    })
    void aFollowerThatCannotForgetTheKeyEitherIsOutBeforeTheClientHears(String request, String answer, String follow)
            throws Exception {
        String[] rule = follow.split("=");
        for (String deletion : List.of("SERVER_ERROR no", "CLIENT_ERROR no", "ERROR", "close")) {
            Map<String, String> byBackup =
                    Map.of(rule[0], rule[1], "ms a 1 C9", NO_MEMORY, "md a C9", deletion, "delete a", deletion);
            try (ScriptedPair scene = ScriptedPair.of(Map.of("ma a", "VA 1 f0 t-1|x"), byBackup)) {
                expectOutBeforeTheAnswer(scene, request, answer);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "set a 0 0 1|y, STORED",
        "set a 0 0 1 noreply|y|mn, MN",
        "ms a 1|y, HD",
        "ms a 1 q|y|mn, MN",
        "delete a, DELETED",
        "md a, HD",
    })
    void aBackupThatNeitherStoresNorForgetsIsOutBeforeTheClientHears(String request, String answer) throws Exception {
        for (String deletion : List.of("SERVER_ERROR no", "CLIENT_ERROR no", "ERROR")) {
            Map<String, String> byBackup =
                    Map.of("set", NO_MEMORY, "ms", NO_MEMORY, "md a", deletion, "delete a", deletion);
            try (ScriptedPair scene = ScriptedPair.of(Map.of(), byBackup)) {
                expectOutBeforeTheAnswer(scene, request, answer);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"incr a 1, incr=5", "touch a 0, touch=NOT_FOUND", "append a 0 0 1|y, append=NOT_STORED"})
    void aRepairWhoseSourceIsRefusedLeavesTheFollowerOut(String request, String follow) throws Exception {
        String[] rule = follow.split("=");
        try (ScriptedPair scene =
                ScriptedPair.of(Map.of("mg a", "SERVER_ERROR no"), Map.of(rule[0], rule[1], "md", "HD"))) {
            scene.client().send(request.replace("|", "\r\n") + "\r\n");
            assertThat(scene.client().line()).isIn("6", "TOUCHED", "STORED");

            assertThat(scene.replica(1).status()).isNotEqualTo(ReplicaStatus.SERVING);
        }
    }

    @ParameterizedTest
    @CsvSource({"incr a 1, incr=5", "touch a 0, touch=NOT_FOUND", "append a 0 0 1|y, append=NOT_STORED"})
    void aWriteWhoseOnlyCopyIsLostBeforeThereIsAnotherIsNotAcknowledged(String request, String follow)
            throws Exception {
        String[] rule = follow.split("=");
        try (ScriptedPair scene = ScriptedPair.of(Map.of("mg a", "close"), Map.of(rule[0], rule[1], "md", "HD"))) {
            assertThat(scene.ask(request)).startsWith("SERVER_ERROR ");
        }
    }

    /** A smaller server, or a full one: what it has not, nobody reads from it. */
    @ParameterizedTest
    @CsvSource({
        "set a 0 0 1|y, STORED, set",
        "ms a 1|y, HD, ms a 1",
        "add a 0 0 1|y, STORED, set",
        "append a 0 0 1|y, STORED, append",
        "incr a 1, 6, incr",
        "ms a 1 MA|y, HD, ms a 1 MA",
    })
    void aBackupThatHasNoRoomForgetsTheKeyAndGoesOnServing(String request, String answer, String refused)
            throws Exception {
        Map<String, String> byBackup = new LinkedHashMap<>();
        byBackup.put("ms a 1 C", NO_MEMORY);
        byBackup.put(refused, NO_MEMORY);
        try (ScriptedPair scene = ScriptedPair.of(Map.of(), byBackup)) {
            assertThat(scene.ask(request)).isEqualTo(answer);

            assertThat(scene.backup().lines()).containsAnyOf("delete a", "md a", "md a C9");
            assertThat(scene.replica(1).status()).isEqualTo(ReplicaStatus.SERVING);
        }
    }

    /** It has dropped what it could not replace, and has no room for a mark either. */
    @ParameterizedTest
    @CsvSource({"add a 0 0 1|y, STORED, set", "append a 0 0 1|y, STORED, append", "ms a 1 MA|y, HD, ms a 1 MA"})
    void aBackupThatHasNoRoomForAMarkGoesOnServing(String request, String answer, String refused) throws Exception {
        Map<String, String> byBackup = Map.of(refused, NO_MEMORY, "mg a f s c", "EN", "ms a 0", NO_MEMORY);
        try (ScriptedPair scene = ScriptedPair.of(Map.of(), byBackup)) {
            assertThat(scene.ask(request)).isEqualTo(answer);

            assertThat(scene.backup().lines()).contains("ms a 0 ME T5 F1836084325 c");
            assertThat(scene.replica(1).status()).isEqualTo(ReplicaStatus.SERVING);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "set a 0 0 1|y, STORED, set, NOT_STORED, delete a",
        "set a 0 0 1|y, STORED, set, EXISTS, delete a",
        "set a 0 0 1|y, STORED, set, NOT_FOUND, delete a",
        "ms a 1|y, HD, ms, NS, md a",
        "ms a 1|y, HD, ms, NF, md a",
    })
    void aBackupThatSaysItDidNotStoreForgetsTheKey(
            String request, String answer, String word, String refusal, String deletion) throws Exception {
        try (ScriptedPair scene = ScriptedPair.of(Map.of(), Map.of(word, refusal))) {
            assertThat(scene.ask(request)).isEqualTo(answer);

            assertThat(scene.backup().lines()).last().isEqualTo(deletion);
            assertThat(scene.replica(1).status()).isEqualTo(ReplicaStatus.SERVING);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gat 9 a, END, VALUE a 0 1|x",
        "gat 9 a b, VALUE a 0 1, ''",
        "mg a T9 v, x, VA 1",
        "mg a T9, HD f0 s1 c9, ''"
    })
    void aBackupThatDoesNotTakeALifetimeIsOutBeforeTheClientHears(String request, String answer, String early)
            throws Exception {
        String[] passedOn = early.isEmpty() ? new String[0] : early.split("[|]");
        for (String error : List.of("SERVER_ERROR no", "CLIENT_ERROR no", "ERROR")) {
            Map<String, String> byBackup = Map.of("touch a", error, "mg a T9", error, "delete a", "SERVER_ERROR no");
            try (ScriptedPair scene = ScriptedPair.of(Map.of("gat 9 b", "END", "mg a T9 v", "VA 1 f0|x"), byBackup)) {
                expectOutBeforeTheAnswer(scene, request, answer, passedOn);
            }
        }
    }

    @Test
    void aBackupThatKeepsTheValueAfterARefusedOneIsOut() throws Exception {
        try (ScriptedPair scene = ScriptedPair.of(Map.of(), Map.of("delete a", "SERVER_ERROR no"))) {
            String tooLong = "set a 0 0 1100000|" + "x".repeat(1_100_000);
            expectOutBeforeTheAnswer(scene, tooLong, "SERVER_ERROR object too large for cache");
        }
    }

    /** The item would be lost to a reader for as long as the stub is in its place. */
    @Test
    void noStubIsMadeInPlaceOfAnItemThatCouldNotBeFetched() throws Exception {
        try (ScriptedPair scene = ScriptedPair.of(Map.of("ms a 0", NO_MEMORY, "mg a N30", "HD W"), Map.of())) {
            scene.replica(0).connected(new ServerIdentity(2, 2));
            scene.replica(0).connected(new ServerIdentity(3, 3));

            assertThat(scene.ask("mg a N30")).isEqualTo("SERVER_ERROR server unavailable");

            assertThat(scene.primary().lines()).noneMatch(line -> line.startsWith("mg a N30"));
        }
    }

    @ParameterizedTest
    @CsvSource({"flush_all, OK", "flush_all 0, OK", "flush_all noreply|mn, MN"})
    void aFlushThatABackupMissedIsNotDoneBeforeThePeersKnow(String request, String answer) throws Exception {
        try (ScriptedPair scene = ScriptedPair.of(Map.of(), Map.of("flush_all", "close", "set", "close"))) {
            expectOutBeforeTheAnswer(scene, -1, request, answer);
        }
    }

    @ParameterizedTest
    @CsvSource({"flush_all 60, OK", "flush_all 60 noreply|mn, MN"})
    void aFlushToComeIsNotAcknowledgedBeforeThePeersKnow(String request, String answer) throws Exception {
        try (ScriptedPair scene = ScriptedPair.of(Map.of(), Map.of())) {
            scene.proxy().server().onKnowledge(() -> {});

            scene.client().send(request.replace("|", "\r\n") + "\r\n");
            await("the flush is kept")
                    .until(() -> scene.proxy().server().knowledge().flushInMillis() > 0);
            expectSilence(scene);

            scene.proxy().server().knownToPeers(Long.MAX_VALUE);
            assertThat(scene.client().line()).isEqualTo(answer);
        }
    }
}
