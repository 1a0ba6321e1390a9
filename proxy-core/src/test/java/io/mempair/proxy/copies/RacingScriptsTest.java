package io.mempair.proxy.copies;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.script.Choices;
import io.mempair.proxy.testkit.script.MemcachedModel.ModelItem;
import io.mempair.proxy.testkit.script.Play;
import io.mempair.proxy.testkit.script.ScriptStep;
import io.mempair.proxy.testkit.script.VirtualClient;
import io.mempair.proxy.testkit.script.VirtualProxy;
import io.mempair.proxy.testkit.script.VirtualServer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two clients ask for the same key at once, with every order of the servers' answers and one fault at most: what both are
 * answered, and what is left, is what one of the two orders gives, and both copies are equal.
 */
@ExtendWith(NoLeaks.class)
class RacingScriptsTest {

    private static final int MOST_SCRIPTS = 20_000;
    private static final String OLD = "10";

    /** No item. */
    private static final String NONE = "";

    private static final Set<ScriptStep> FAULTS = EnumSet.of(
            ScriptStep.REFUSES, ScriptStep.DOES_AND_BREAKS, ScriptStep.BREAKS, ScriptStep.RESTARTS, ScriptStep.IS_LATE);

    /**
     * A request of one client.
     *
     * @param after   the value that it leaves where there was this one
     * @param answer  what it is answered where there was this value
     */
    private record RacingRequest(String line, UnaryOperator<String> after, UnaryOperator<String> answer) {

        @Override
        public String toString() {
            return line.replace("\r\n", "|");
        }
    }

    private static UnaryOperator<String> ifThere(UnaryOperator<String> then, String otherwise) {
        return value -> value.equals(NONE) ? otherwise : then.apply(value);
    }

    private static final List<RacingRequest> REQUESTS = List.of(
            new RacingRequest("set k 0 0 2\r\n20\r\n", value -> "20", value -> "STORED\r\n"),
            new RacingRequest("set k 0 0 2\r\n30\r\n", value -> "30", value -> "STORED\r\n"),
            new RacingRequest("delete k\r\n", value -> NONE, ifThere(value -> "DELETED\r\n", "NOT_FOUND\r\n")),
            new RacingRequest(
                    "add k 0 0 2\r\n40\r\n",
                    ifThere(value -> value, "40"),
                    ifThere(value -> "NOT_STORED\r\n", "STORED\r\n")),
            new RacingRequest(
                    "append k 0 0 1\r\n1\r\n",
                    ifThere(value -> value + "1", NONE),
                    ifThere(value -> "STORED\r\n", "NOT_STORED\r\n")),
            new RacingRequest(
                    "incr k 5\r\n",
                    ifThere(value -> String.valueOf(Integer.parseInt(value) + 5), NONE),
                    ifThere(value -> Integer.parseInt(value) + 5 + "\r\n", "NOT_FOUND\r\n")),
            new RacingRequest(
                    "get k\r\n",
                    value -> value,
                    ifThere(value -> "VALUE k 0 " + value.length() + "\r\n" + value + "\r\nEND\r\n", "END\r\n")));

    static Stream<Object[]> races() {
        List<Object[]> races = new ArrayList<>();
        for (int i = 0; i < REQUESTS.size(); i++) {
            for (int j = i; j < REQUESTS.size() - 1; j++) {
                races.add(new Object[] {REQUESTS.get(i), REQUESTS.get(j)});
            }
            races.add(new Object[] {REQUESTS.get(i), REQUESTS.get(REQUESTS.size() - 1)});
        }
        return races.stream();
    }

    @ParameterizedTest
    @MethodSource("races")
    void twoRequestsInEveryScript(RacingRequest first, RacingRequest second) {
        for (String version : List.of("1.6.18", "1.6.31")) {
            for (String old : List.of(OLD, NONE)) {
                String name = version + " " + first + " beside " + second + ", old '" + old + "'";
                Choices.explore(name, MOST_SCRIPTS, choices -> {
                    try (VirtualProxy proxy = new VirtualProxy(VirtualProxy.VirtualSetup.pair(version)).start()) {
                        if (!old.equals(NONE)) {
                            assertThat(proxy.client().ask("set k 0 0 2\r\n" + old + "\r\n"))
                                    .isEqualTo("STORED\r\n");
                        }
                        run(proxy, choices, old, first, second);
                    }
                });
            }
        }
    }

    private static void run(
            VirtualProxy proxy, Choices choices, String old, RacingRequest first, RacingRequest second) {
        VirtualClient one = proxy.client();
        VirtualClient other = proxy.client();
        Play play = new Play(proxy, choices, FAULTS, 1, 0).ready();
        one.send(first.line());
        other.send(second.line());
        play.toTheEnd();
        String firstAnswer = one.received();
        String secondAnswer = other.received();
        proxy.heal();
        proxy.requireRest();
        assertThat(one.received()).as("answers of the one, some time later").isEqualTo(firstAnswer);
        assertThat(other.received()).as("answers of the other, some time later").isEqualTo(secondAnswer);

        Set<String> left = new HashSet<>();
        left.addAll(inOrder(old, first, firstAnswer, second, secondAnswer, play));
        left.addAll(inOrder(old, second, secondAnswer, first, firstAnswer, play));
        String told = proxy.client().ask("get k\r\n");
        String value = told.equals("END\r\n") ? NONE : told.lines().toList().get(1);

        assertThat(left)
                .as("what is left of answers '%s' and '%s'", firstAnswer, secondAnswer)
                .contains(value);
        for (VirtualServer server : proxy.servers()) {
            ModelItem item = server.model().item("k");
            if (item != null && !item.value().isEmpty()) {
                assertThat(item.value()).as("copy of " + server.address()).isEqualTo(value);
            }
        }
        proxy.requireRest();
    }

    /** The values that may be left if the requests took effect in this order; none if the answers say that they did not. */
    private static Set<String> inOrder(
            String old,
            RacingRequest earlier,
            String earlierAnswer,
            RacingRequest later,
            String laterAnswer,
            Play play) {
        Set<String> left = new HashSet<>();
        for (String between : effects(old, earlier, earlierAnswer, play)) {
            left.addAll(effects(between, later, laterAnswer, play));
        }
        return left;
    }

    /**
     * What may be left of {@code value} by that request with that answer. One that failed has been carried out, or not, or
     * the key is deleted. A server that refused a write may have dropped the item.
     */
    private static Set<String> effects(String value, RacingRequest request, String answer, Play play) {
        Set<String> effects = new HashSet<>();
        if (answer.startsWith("SERVER_ERROR ") && request.line().startsWith("get ")) {
            effects.add(value);
        } else if (answer.startsWith("SERVER_ERROR ")) {
            effects.addAll(List.of(request.after().apply(value), value, NONE));
        } else if (play.refused() && answer.equals("DELETED\r\n")) {
            effects.add(NONE); // a server that refused another deletion has kept what this one finds
        } else if (answer.equals(request.answer().apply(value))) {
            effects.add(request.after().apply(value));
            if (play.refused()) {
                effects.add(NONE);
            }
        }
        return effects;
    }
}
