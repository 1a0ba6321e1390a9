package io.mempair.proxy.refill;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.refill.ItemCopy.CopyOutcome;
import io.mempair.proxy.replication.RefillLease;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.ScriptedServer;
import io.mempair.proxy.testkit.ServerLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that are lost, or answer what they should not, at each step of a copy. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@ExtendWith(NoLeaks.class)
class ItemCopyTest {

    private static final String MARK_FLAGS = " f" + RefillLease.FLAGS;
    private static final String LONG_VALUE = "x".repeat(5_000);

    private final ServerLoop loop = new ServerLoop();

    @AfterEach
    void stop() {
        loop.close();
    }

    /** What is answered to lines that begin so, and whether the connection is closed then. */
    private record Rule(String prefix, String answer, boolean closes) {}

    /** One that answers each line by the first of its rules whose prefix fits. */
    private static ScriptedServer server(String version, List<Rule> rules) throws IOException {
        return ScriptedServer.ofVersion(version, (line, connection) -> {
            List<String> words = List.of(line.split(" ", -1));
            if (words.get(0).equals("ms")) {
                connection.data(Integer.parseInt(words.get(2)));
            } else if (List.of("add", "cas", "set").contains(words.get(0))) {
                connection.data(Integer.parseInt(words.get(4)));
            }
            Rule rule = rules.stream()
                    .filter(candidate -> line.startsWith(candidate.prefix()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no rule for " + line));
            if (!rule.answer().equals("mute")) {
                connection.send(rule.answer());
            }
            if (rule.closes()) {
                connection.close();
            }
        });
    }

    private static List<Rule> rules(Rule first, Rule... others) {
        return Stream.concat(Stream.ofNullable(first), Stream.of(others)).toList();
    }

    private static Rule rule(String prefix, String answer) {
        return new Rule(prefix, answer, answer.isEmpty());
    }

    private static List<Rule> goodTarget(Rule except) {
        return rules(
                except,
                rule("md k", "HD\r\n"),
                rule("ms k 0 ME", "HD c12\r\n"),
                rule("ms k", "HD\r\n"),
                rule("mg k f s c", "HD" + MARK_FLAGS + " s0 c11\r\n"));
    }

    /** One that has an item of the key. */
    private static List<Rule> fullTarget(Rule except) {
        return rules(
                except, rule("mg k f s c", "HD f0 s3 c12\r\n"), rule("ms k 5000", "HD\r\n"), rule("md k", "HD\r\n"));
    }

    private static List<Rule> goodSource(Rule except) {
        return rules(except, rule("mg k", "VA 5000 f7 t100\r\n" + LONG_VALUE + "\r\n"));
    }

    private static ServerTimeouts impatient() {
        ServerTimeouts usual = ServerTimeouts.DEFAULT;
        return new ServerTimeouts(
                usual.connect(), Duration.ofMillis(300), usual.probe(), usual.retryMin(), usual.retryMax());
    }

    private ServerConnection connect(ScriptedServer server) {
        return loop.connect(ServerLoop.state(server.address()), impatient());
    }

    @Test
    void theWordsOfACopy() throws IOException {
        try (ScriptedServer source = server("1.6.18", goodSource(null));
                ScriptedServer target = server("1.6.18", goodTarget(null))) {
            assertThat(Copying.copy(loop, connect(source), connect(target), "k"))
                    .isEqualTo(CopyOutcome.COPIED);

            assertThat(source.lines()).containsExactly("mg k u v f t c");
            assertThat(target.lines())
                    .containsExactly("ms k 0 ME T5 F" + RefillLease.FLAGS + " c", "ms k 5000 C12 T100 F7");
        }
    }

    @Test
    void theWordsOfACopyInPlaceOfAnother() throws IOException {
        try (ScriptedServer source = server("1.6.18", goodSource(null));
                ScriptedServer target = server("1.6.18", fullTarget(null))) {
            assertThat(Copying.overwrite(loop, connect(source), connect(target), "k"))
                    .isEqualTo(CopyOutcome.COPIED);

            assertThat(source.lines()).containsExactly("mg k u v f t c");
            assertThat(target.lines()).containsExactly("mg k f s c", "ms k 5000 C12 T100 F7");
        }
    }

    @Test
    void whereNothingIsToBeReplacedAMarkIsPutFirst() throws IOException {
        try (ScriptedServer source = server("1.6.18", goodSource(null));
                ScriptedServer target = server("1.6.18", goodTarget(rule("mg k f s c", "EN\r\n")))) {
            assertThat(Copying.overwrite(loop, connect(source), connect(target), "k"))
                    .isEqualTo(CopyOutcome.COPIED);

            assertThat(target.lines())
                    .containsExactly(
                            "mg k f s c", "ms k 0 ME T5 F" + RefillLease.FLAGS + " c", "ms k 5000 C12 T100 F7");
        }
    }

    /** What a target that takes ids is told of the id the source has: nothing of one that a server counted. */
    @ParameterizedTest
    @CsvSource({
        "4611686018427387905, ' E4611686018427387905'",
        "1790000000000000, ' E1790000000000000'",
        "4711, ''",
        "2305843009213693953, ''",
        "18446744073709551615, ''",
    })
    void anIdThatIsOneForBothCopiesGoesAlong(String id, String told) throws IOException {
        Rule item = rule("mg k", "VA 5000 f7 t100 c" + id + "\r\n" + LONG_VALUE + "\r\n");
        try (ScriptedServer source = server("1.6.18", goodSource(item));
                ScriptedServer target = server("1.6.27", goodTarget(null))) {
            assertThat(Copying.copy(loop, connect(source), connect(target), "k"))
                    .isEqualTo(CopyOutcome.COPIED);

            assertThat(source.lines()).containsExactly("mg k u v f t c");
            assertThat(target.lines().get(1)).isEqualTo("ms k 5000 C12 T100 F7" + told);
        }
    }

    /** Rules of a source that fails, and what was wrong. */
    static Stream<Rule> badSources() {
        String value = "VA 5000 f7 t100\r\n";
        return Stream.of(
                rule("mg k", ""),
                new Rule("mg k", value, true),
                new Rule("mg k", value + LONG_VALUE.substring(0, 3_000), true),
                new Rule("mg k", value + LONG_VALUE + "\r", true),
                rule("mg k", value + LONG_VALUE + "nonsense"),
                rule("mg k", "VA 5000 f7\r\n" + LONG_VALUE + "\r\n"),
                rule("mg k", "VA 5000 f7 tx\r\n" + LONG_VALUE + "\r\n"),
                rule("mg k", "VA 5000 f-1 t1\r\n" + LONG_VALUE + "\r\n"),
                rule("mg k", "HD\r\n"),
                rule("mg k", "SERVER_ERROR out of memory\r\n"),
                rule("mg k", "CLIENT_ERROR no\r\n"),
                rule("mg k", "nonsense\r\n"),
                rule("mg k", "mute"));
    }

    @ParameterizedTest
    @MethodSource("badSources")
    void aSourceThatFailsLeavesNoMark(Rule bad) throws IOException {
        try (ScriptedServer source = server("1.6.18", goodSource(bad));
                ScriptedServer target = server("1.6.18", goodTarget(null))) {
            ServerConnection to = connect(target);

            assertThat(Copying.copy(loop, connect(source), to, "k")).isEqualTo(CopyOutcome.FAILED);

            assertThat(target.lines()).hasSize(2).last().isEqualTo("md k C12");
            assertThat(to.state().replica().status()).isEqualTo(ReplicaStatus.SERVING);
        }
    }

    @ParameterizedTest
    @MethodSource("badSources")
    void aSourceThatFailsLeavesWhatWasToBeReplaced(Rule bad) throws IOException {
        try (ScriptedServer source = server("1.6.18", goodSource(bad));
                ScriptedServer target = server("1.6.18", fullTarget(null))) {
            assertThat(Copying.overwrite(loop, connect(source), connect(target), "k"))
                    .isEqualTo(CopyOutcome.FAILED);

            assertThat(target.lines()).containsExactly("mg k f s c");
        }
    }

    @Test
    void whatTheSourceLacksIsTakenAwayUnlessItWasWrittenMeanwhile() throws IOException {
        for (String answer : List.of("HD", "NF", "EX")) {
            try (ScriptedServer source = server("1.6.18", goodSource(rule("mg k", "EN\r\n")));
                    ScriptedServer target = server("1.6.18", fullTarget(rule("md k", answer + "\r\n")))) {
                assertThat(Copying.overwrite(loop, connect(source), connect(target), "k"))
                        .isEqualTo(CopyOutcome.ABSENT);

                assertThat(target.lines()).containsExactly("mg k f s c", "md k C12");
            }
        }
    }

    /** With {@code -C} memcached counts no ids. */
    @Test
    void whereNoIdsAreCountedNothingIsReplaced() throws IOException {
        try (ScriptedServer source = server("1.6.18", goodSource(null));
                ScriptedServer target = server("1.6.18", fullTarget(rule("mg k f s c", "HD f0 s3 c0\r\n")))) {
            assertThat(Copying.overwrite(loop, connect(source), connect(target), "k"))
                    .isEqualTo(CopyOutcome.FAILED);

            assertThat(target.lines()).containsExactly("mg k f s c");
        }
    }

    @ParameterizedTest
    @CsvSource({"md k C12,false", "ms k 0 ME,false", "ms k 5000,false", "mg k,true", "ms k 5000,true", "md k C12,true"})
    void aTargetThatIsLostEndsTheCopy(String step, boolean overwrite) throws IOException {
        for (String answer : List.of("", "nonsense\r\n", "HD c", "mute")) {
            Rule bad = answer.equals("HD c") ? new Rule(step, answer, true) : rule(step, answer);
            Rule absent = step.equals("md k C12") ? rule("mg k", "EN\r\n") : null;
            try (ScriptedServer source = server("1.6.18", goodSource(absent));
                    ScriptedServer target = server("1.6.18", overwrite ? fullTarget(bad) : goodTarget(bad))) {
                ServerConnection to = connect(target);

                CopyOutcome outcome = ServerLoop.await(Copying.begin(loop, connect(source), to, "k", overwrite));

                assertThat(outcome).as(step + " -> " + answer).isEqualTo(CopyOutcome.FAILED);
                assertThat(to.state().replica().status())
                        .as("the mark may be there, and the server is not asked for the key alone meanwhile")
                        .isEqualTo(overwrite ? ReplicaStatus.SERVING : ReplicaStatus.REFILLING);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"EX", "NF"})
    void aWriteOrDeleteInBetweenWins(String answer) throws IOException {
        try (ScriptedServer source = server("1.6.18", goodSource(null));
                ScriptedServer target = server("1.6.18", goodTarget(rule("ms k 5000", answer + "\r\n")))) {
            assertThat(Copying.copy(loop, connect(source), connect(target), "k"))
                    .isEqualTo(CopyOutcome.BEATEN);
        }
    }

    @Test
    void marksOfOthersAreTakenAwayOnceOnly() throws IOException {
        try (ScriptedServer source = server("1.6.18", goodSource(null));
                ScriptedServer target = server("1.6.18", goodTarget(rule("ms k 0 ME", "NS\r\n")))) {
            assertThat(Copying.copy(loop, connect(source), connect(target), "k"))
                    .isEqualTo(CopyOutcome.BEATEN);

            assertThat(target.lines())
                    .filteredOn(line -> line.equals("md k C11"))
                    .hasSize(2);
            assertThat(source.lines()).isEmpty();
        }
    }

    @Test
    void aStoreThatIsRefusedLeavesNoMark() throws IOException {
        Rule tooLarge = rule("ms k 5000", "SERVER_ERROR object too large for cache\r\n");
        try (ScriptedServer source = server("1.6.18", goodSource(null));
                ScriptedServer target = server("1.6.18", goodTarget(tooLarge))) {
            assertThat(Copying.copy(loop, connect(source), connect(target), "k"))
                    .isEqualTo(CopyOutcome.CANNOT);

            assertThat(target.lines()).last().isEqualTo("md k C12");
        }
    }

    private static List<Rule> classicTarget(Rule except) {
        return rules(
                except,
                rule("add k", "STORED\r\n"),
                rule("gets k", "VALUE k " + RefillLease.FLAGS + " 0 12\r\n\r\nEND\r\n"),
                rule("cas k", "STORED\r\n"));
    }

    @Test
    void theWordsOfACopyBetweenOldServers() throws IOException {
        String value = "VALUE k 7 5000\r\n" + LONG_VALUE + "\r\nEND\r\n";
        try (ScriptedServer source = server("1.4.39", rules(rule("get k", value)));
                ScriptedServer target = server("1.4.39", classicTarget(null))) {
            assertThat(Copying.copy(loop, connect(source), connect(target), "k"))
                    .isEqualTo(CopyOutcome.COPIED);

            assertThat(source.lines()).containsExactly("get k");
            assertThat(target.lines())
                    .containsExactly("add k " + RefillLease.FLAGS + " 5 0", "gets k", "cas k 7 3600 5000 12");
        }
    }

    @Test
    void theWordsOfACopyInPlaceOfAnotherBetweenOldServers() throws IOException {
        String value = "VALUE k 7 5000\r\n" + LONG_VALUE + "\r\nEND\r\n";
        Rule old = rule("gets k", "VALUE k 3 3 12\r\nold\r\nEND\r\n");
        try (ScriptedServer source = server("1.4.39", rules(rule("get k", value)));
                ScriptedServer target = server("1.4.39", classicTarget(old))) {
            assertThat(Copying.overwrite(loop, connect(source), connect(target), "k"))
                    .isEqualTo(CopyOutcome.COPIED);

            assertThat(target.lines()).containsExactly("gets k", "cas k 7 3600 5000 12");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "VALUE k 7 5000\r\n",
                "VALUE k 7 50000000000\r\n",
                "VALUE other 7 1\r\nx\r\nEND\r\n",
                "VALUE k 7 1\r\nx\r\nSERVER_ERROR out of memory\r\n",
                "VALUE k 7 1\r\nx\r\nVALUE k 7 1\r\nx\r\nEND\r\n",
                "VALUE k x 1\r\nx\r\nEND\r\n",
                "VALUE k 7 1\r\nx\r\nnonsense\r\n"
            })
    void anOldSourceThatFailsLeavesNoMark(String answer) throws IOException {
        try (ScriptedServer source = server("1.4.39", rules(rule("get k", answer)));
                ScriptedServer target = server("1.4.39", classicTarget(null))) {
            assertThat(Copying.copy(loop, connect(source), connect(target), "k"))
                    .isEqualTo(CopyOutcome.FAILED);

            assertThat(target.lines()).last().isEqualTo("cas k 0 -1 0 12");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "add k,NOT_STORED,BEATEN",
        "add k,SERVER_ERROR no,CANNOT",
        "add k,'',FAILED",
        "gets k,END,BEATEN",
        "gets k,'',FAILED",
        "cas k,EXISTS,BEATEN",
        "cas k,NOT_FOUND,BEATEN",
        "cas k,CLIENT_ERROR no,FAILED",
        "cas k,'',FAILED"
    })
    void anOldTargetThatDoesNotStore(String step, String answer, CopyOutcome outcome) throws IOException {
        String value = "VALUE k 7 5000\r\n" + LONG_VALUE + "\r\nEND\r\n";
        Rule bad = rule(step, answer.isEmpty() ? "" : answer + "\r\n");
        try (ScriptedServer source = server("1.4.39", rules(rule("get k", value)));
                ScriptedServer target = server("1.4.39", classicTarget(bad))) {
            assertThat(Copying.copy(loop, connect(source), connect(target), "k"))
                    .isEqualTo(outcome);
        }
    }
}
