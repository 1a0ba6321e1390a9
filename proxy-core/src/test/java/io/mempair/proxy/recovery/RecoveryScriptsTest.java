package io.mempair.proxy.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.replication.ReplicaPhase;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.script.Choices;
import io.mempair.proxy.testkit.script.Play;
import io.mempair.proxy.testkit.script.ScriptStep;
import io.mempair.proxy.testkit.script.VirtualClient;
import io.mempair.proxy.testkit.script.VirtualProxy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The return of a server that was out: each step of it answered, refused, late or lost, and the fence closed before any of
 * them. No client is served from it as long as it holds what is out of date, and a proxy that serves no more repairs nothing.
 */
@ExtendWith(NoLeaks.class)
class RecoveryScriptsTest {

    private static final int MOST_SCRIPTS = 20_000;
    private static final int MOST_ROUNDS = 60;
    private static final String OUTDATED = "outdated";
    private static final List<String> KEYS = List.of("a", "b", "c");

    private static final Set<ScriptStep> FAULTS = EnumSet.of(
            ScriptStep.REFUSES, ScriptStep.DOES_AND_BREAKS, ScriptStep.BREAKS, ScriptStep.RESTARTS, ScriptStep.IS_LATE);

    /** A backup that missed writes of {@link #KEYS}, of which the second was a deletion. */
    private static VirtualProxy withOneOut(String version, boolean overflown, int refillKeysPerSecond) {
        CopyPolicy usual = CopyPolicy.DEFAULT;
        CopyPolicy policy = new CopyPolicy(
                usual.acknowledge(),
                false,
                usual.journalBytes(),
                refillKeysPerSecond,
                usual.refillFor(),
                usual.refillLifetime());
        VirtualProxy proxy =
                new VirtualProxy(VirtualProxy.VirtualSetup.pair(version).with(policy)).start();
        for (String key : KEYS) {
            proxy.backup().model().put(key, OUTDATED);
            proxy.missed(proxy.backup(), key);
            if (!key.equals("b")) {
                proxy.primary().model().put(key, "value of " + key);
            }
        }
        if (overflown) {
            proxy.replica(proxy.backup()).missedEverything();
        }
        return proxy;
    }

    private static boolean isOut(VirtualProxy proxy) {
        return proxy.replica(proxy.backup()).status() == ReplicaStatus.OUT;
    }

    /** The one promise of a return. */
    private static void nothingOutdatedIsServed(VirtualProxy proxy) {
        if (!isOut(proxy)) {
            assertThat(proxy.backup().model().items().values())
                    .as("items of a server that is "
                            + proxy.replica(proxy.backup()).phase())
                    .noneMatch(item -> item.value().equals(OUTDATED));
        }
    }

    private static void readsAreRight(VirtualProxy proxy) {
        VirtualClient client = proxy.client();
        assertThat(client.ask("get a\r\n")).isEqualTo("VALUE a 0 10\r\nvalue of a\r\nEND\r\n");
        assertThat(client.ask("get b\r\n")).isEqualTo("END\r\n");
        assertThat(client.ask("get c\r\n")).isEqualTo("VALUE c 0 10\r\nvalue of c\r\nEND\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.4.25", "1.6.18", "1.6.31"})
    void theJournalIsReplayedInEveryScript(String version) {
        everyReturn(version + " journal", version, false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.4.25", "1.6.18", "1.6.31"})
    void aJournalThatHasOverflownMeansAFlushInEveryScript(String version) {
        everyReturn(version + " flush", version, true);
    }

    /** The primary is not harmed: it has the only copies. */
    private static void everyReturn(String name, String version, boolean overflown) {
        int scripts = Choices.explore(name, MOST_SCRIPTS, choices -> {
            try (VirtualProxy proxy = withOneOut(version, overflown, 0)) {
                proxy.recover();
                Play play = new Play(proxy, choices, FAULTS, 2, 0)
                        .only(proxy.backup())
                        .afterEach(() -> nothingOutdatedIsServed(proxy));
                play.until(() -> !isOut(proxy), MOST_ROUNDS);
                assertThat(isOut(proxy))
                        .as("out after " + MOST_ROUNDS + " rounds")
                        .isFalse();
                proxy.heal();
                nothingOutdatedIsServed(proxy);
                readsAreRight(proxy);
                proxy.requireRest();
                assertThat(proxy.replica(proxy.backup()).missedWrites().journaledKeys())
                        .isZero();
            }
        });
        assertThat(scripts).as("scripts").isGreaterThan(50);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aProxyThatServesNoMoreRepairsNothing(boolean overflown) {
        Choices.explore("fence, overflown " + overflown, MOST_SCRIPTS, choices -> {
            try (VirtualProxy proxy = withOneOut("1.6.18", overflown, 0)) {
                proxy.recover();
                int[] heardThen = {-1};
                boolean[] outThen = {false};
                Play play = new Play(proxy, choices, EnumSet.of(ScriptStep.BREAKS), 1, 0)
                        .only(proxy.backup())
                        .once("the fence closes", () -> {
                            long reign = proxy.fence().drain();
                            proxy.fence().close(reign);
                            proxy.context().cutOff();
                            proxy.loop().settle();
                            heardThen[0] = proxy.backup().heard().size();
                            outThen[0] = isOut(proxy);
                        })
                        .afterEach(() -> nothingOutdatedIsServed(proxy));
                play.until(() -> !isOut(proxy), MOST_ROUNDS / 4);
                if (heardThen[0] >= 0) {
                    proxy.backup().automatic(line -> true);
                    proxy.pass(Duration.ofSeconds(5));
                    assertThat(proxy.backup().heard()).as("lines heard since").hasSize(heardThen[0]);
                    if (outThen[0]) {
                        assertThat(proxy.replica(proxy.backup()).phase())
                                .isIn(ReplicaPhase.OUT, ReplicaPhase.HELD_DOWN);
                    }
                    proxy.requireRest();
                    proxy.fence().open();
                }
                proxy.heal();
                readsAreRight(proxy);
            }
        });
    }

    /** A client writes a key of the journal while it is replayed, and deletes another. */
    @ParameterizedTest
    @ValueSource(strings = {"set a 0 0 3\r\nnew\r\n", "delete a\r\n", "append a 0 0 1\r\n!\r\n"})
    void aWriteInTheMiddleOfAReturnWins(String write) {
        for (boolean overflown : List.of(false, true)) {
            Choices.explore(write + " overflown " + overflown, MOST_SCRIPTS, choices -> {
                try (VirtualProxy proxy = withOneOut("1.6.31", overflown, 0)) {
                    proxy.recover();
                    VirtualClient client = proxy.client();
                    Play play = new Play(proxy, choices, FAULTS, 1, 0)
                            .only(proxy.backup())
                            .once("the client writes", () -> client.send(write))
                            .afterEach(() -> nothingOutdatedIsServed(proxy));
                    play.until(() -> !isOut(proxy), MOST_ROUNDS);
                    proxy.heal();
                    String answer = client.received();
                    assertThat(answer).matches("|STORED\r\n|DELETED\r\n|SERVER_ERROR [^\r\n]*\r\n");
                    if (!answer.startsWith("SERVER_ERROR")) {
                        String now = answer.isEmpty() ? "value of a" : written(write);
                        assertThat(proxy.client().ask("get a\r\n"))
                                .isEqualTo(
                                        now.isEmpty()
                                                ? "END\r\n"
                                                : "VALUE a 0 " + now.length() + "\r\n" + now + "\r\nEND\r\n");
                    }
                    copiesAgree(proxy);
                }
            });
        }
    }

    private static String written(String write) {
        return write.startsWith("set") ? "new" : write.startsWith("append") ? "value of a!" : "";
    }

    private static void copiesAgree(VirtualProxy proxy) {
        for (String key : KEYS) {
            var first = proxy.primary().model().item(key);
            var second = proxy.backup().model().item(key);
            if (second != null && second.flags() != 0x6D70_6C65L) {
                assertThat(first).as("the other copy of " + key).isNotNull();
                assertThat(second.value()).as("copies of " + key).isEqualTo(first.value());
            }
        }
    }

    /** A server that came back empty is filled key by key from the other, whatever comes in between. */
    @ParameterizedTest
    @ValueSource(strings = {"", "set a 0 0 3\r\nnew\r\n", "delete a\r\n"})
    void allKeysAreCopiedInEveryScript(String write) {
        Choices.explore("bulk copy, " + write, MOST_SCRIPTS, choices -> {
            CopyPolicy usual = CopyPolicy.DEFAULT;
            CopyPolicy policy = new CopyPolicy(
                    usual.acknowledge(), false, usual.journalBytes(), 1_000, usual.refillFor(), usual.refillLifetime());
            VirtualProxy proxy =
                    new VirtualProxy(VirtualProxy.VirtualSetup.pair("1.6.31").with(policy));
            try (proxy) {
                proxy.restartedBefore(proxy.backup());
                proxy.start();
                KEYS.forEach(key -> proxy.primary().model().put(key, "value of " + key));
                proxy.recover();
                VirtualClient client = proxy.client();
                Play play = new Play(proxy, choices, FAULTS, 1, 0).only(proxy.backup());
                if (!write.isEmpty()) {
                    play.once("the client writes", () -> client.send(write));
                }
                play.until(() -> isServing(proxy), MOST_ROUNDS);
                proxy.heal();
                copiesAgree(proxy);
                if (isServing(proxy)) {
                    assertThat(proxy.backup().refusedStorage()
                                    || proxy.backup().model().items().keySet().containsAll(List.of("b", "c")))
                            .as("all keys are there: " + proxy.backup().model().items())
                            .isTrue();
                }
                proxy.requireRest();
            }
        });
    }

    private static boolean isServing(VirtualProxy proxy) {
        return proxy.replica(proxy.backup()).status() == ReplicaStatus.SERVING;
    }

    @Test
    void withoutAnyFaultAServerServesAgainAndIsFilled() {
        try (VirtualProxy proxy = withOneOut("1.6.31", false, 0)) {
            proxy.heal();
            proxy.pass(Duration.ofSeconds(1));
            assertThat(isServing(proxy)).isTrue();
            assertThat(proxy.backup().model().items()).containsOnlyKeys("a", "c");
            assertThat(proxy.backup().heard()).contains("delete a", "delete b", "delete c");
        }
    }

    /** The first return deletes three keys; the server fails again before the other copies were read. */
    @Test
    void aKeyDeletedAtAReturnIsCopiedBackAlsoIfTheServerFailsBeforeThat() {
        try (VirtualProxy proxy = withOneOut("1.6.31", false, 0)) {
            proxy.primary().automatic(line -> !line.startsWith("mg"));
            proxy.recover();
            proxy.pass(Duration.ofMillis(400));
            assertThat(proxy.backup().heard()).contains("delete a", "delete b", "delete c");

            proxy.missed(proxy.backup(), "d");
            proxy.pass(Duration.ofSeconds(3)); // the reads of the other copies are late
            proxy.heal();
            proxy.pass(Duration.ofSeconds(10));

            assertThat(isServing(proxy)).isTrue();
            assertThat(proxy.backup().model().items()).containsOnlyKeys("a", "c");
        }
    }

    @Test
    void aServerThatDoesNotAnswerWhatItWasSentBeforeStaysOut() {
        try (VirtualProxy proxy = withOneOut("1.6.31", false, 0)) {
            proxy.backup().automatic(line -> !line.equals("version"));
            proxy.recover();
            proxy.pass(Duration.ofMillis(400));
            assertThat(proxy.replica(proxy.backup()).phase()).isEqualTo(ReplicaPhase.DRAINING);
            assertThat(proxy.backup().asked()).isEqualTo("version");
            proxy.backup().step(ScriptStep.ANSWERS);
            assertThat(proxy.replica(proxy.backup()).phase()).isEqualTo(ReplicaPhase.SERVING);
        }
    }
}
