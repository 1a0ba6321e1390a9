package io.mempair.proxy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.FailedRead;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.script.Choices;
import io.mempair.proxy.testkit.script.Play;
import io.mempair.proxy.testkit.script.ScriptStep;
import io.mempair.proxy.testkit.script.VirtualClient;
import io.mempair.proxy.testkit.script.VirtualProxy;
import io.mempair.proxy.testkit.script.VirtualServer;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that concern several servers, with every order of their answers, losses and silences. */
@ExtendWith(NoLeaks.class)
class CommandScriptsTest {

    private static final int MOST_SCRIPTS = 20_000;

    private static final Set<ScriptStep> FAULTS = EnumSet.of(
            ScriptStep.REFUSES,
            ScriptStep.DOES_AND_BREAKS,
            ScriptStep.BREAKS,
            ScriptStep.BREAKS_IN_ANSWER,
            ScriptStep.RESTARTS,
            ScriptStep.IS_LATE);

    private static VirtualProxy proxy(List<String> primaries, List<String> backups, ClientPolicy policy) {
        return new VirtualProxy(new VirtualProxy.VirtualSetup(primaries, backups, CopyPolicy.DEFAULT, policy)).start();
    }

    /** Behind a flush that was acknowledged nobody reads what was there before. */
    @ParameterizedTest
    @ValueSource(strings = {"flush_all\r\n", "flush_all 0\r\n", "flush_all noreply\r\n"})
    void flushAllInEveryScript(String request) {
        Choices.explore(request, MOST_SCRIPTS, choices -> {
            try (VirtualProxy proxy = proxy(List.of("1.6.18"), List.of("1.6.18"), ClientPolicy.OPEN)) {
                proxy.servers().forEach(server -> server.model().put("k", "old"));
                VirtualClient client = proxy.client();
                Play play = new Play(proxy, choices, FAULTS, 2, 1);
                play.ready();
                client.send(request);
                play.toTheEnd();
                String answer = client.received();
                boolean quiet = request.contains("noreply");
                assertThat(answer).matches(quiet ? "" : "(OK|SERVER_ERROR [^\r\n]*)\r\n");
                assertThat(play.faultsPlayed() > 0 || quiet || answer.equals("OK\r\n"))
                        .as("OK without a fault")
                        .isTrue();
                proxy.heal();
                if (answer.equals("OK\r\n")) {
                    for (VirtualServer server : proxy.servers()) {
                        assertThat(server.model().items())
                                .as(server.address() + " after OK")
                                .isEmpty();
                    }
                    assertThat(client.ask("get k\r\n")).isEqualTo("END\r\n");
                }
                proxy.requireRest();
                assertThat(proxy.client().ask("set k 0 0 1\r\nx\r\n")).isEqualTo("STORED\r\n");
            }
        });
    }

    /** Writes of the same client behind a flush come to the servers behind it. */
    @ParameterizedTest
    @ValueSource(strings = {"1.4.25", "1.6.31"})
    void aWriteBehindAFlushIsNotFlushed(String version) {
        Choices.explore("flush and set " + version, MOST_SCRIPTS, choices -> {
            try (VirtualProxy proxy = proxy(List.of(version), List.of(version), ClientPolicy.OPEN)) {
                VirtualClient client = proxy.client();
                Play play = new Play(proxy, choices, EnumSet.of(ScriptStep.BREAKS, ScriptStep.RESTARTS), 1, 1);
                play.ready();
                client.send("flush_all\r\nset k 0 0 1\r\nx\r\n");
                play.toTheEnd();
                assertThat(client.received())
                        .matches("(OK|SERVER_ERROR [^\r\n]*)\r\n(STORED|SERVER_ERROR [^\r\n]*)\r\n");
                proxy.heal();
                if (client.received().endsWith("STORED\r\n")) {
                    assertThat(client.ask("get k\r\n")).endsWith("VALUE k 0 1\r\nx\r\nEND\r\n");
                }
                proxy.requireRest();
            }
        });
    }

    /** Keys in the order asked for, whichever server answers first; of a server that fails they are misses. */
    @ParameterizedTest
    @EnumSource(FailedRead.class)
    void aMultiGetOverTwoServersInEveryScript(FailedRead failedRead) {
        ClientPolicy policy = ClientPolicy.OPEN.with(failedRead);
        Choices.explore("multi-get, one copy, " + failedRead, MOST_SCRIPTS, choices -> {
            try (VirtualProxy proxy = proxy(List.of("1.6.18", "1.6.18"), List.of(), policy)) {
                multiGet(proxy, new Play(proxy, choices, FAULTS, 2, 1), failedRead);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(FailedRead.class)
    void aMultiGetOfTwoCopiesInEveryScript(FailedRead failedRead) {
        ClientPolicy policy = ClientPolicy.OPEN.with(failedRead);
        Choices.explore("multi-get, two copies, " + failedRead, MOST_SCRIPTS, choices -> {
            try (VirtualProxy proxy = proxy(List.of("1.6.18", "1.6.18"), List.of("1.6.18"), policy)) {
                multiGet(proxy, new Play(proxy, choices, FAULTS, 1, 1), failedRead);
            }
        });
    }

    private static void multiGet(VirtualProxy proxy, Play play, FailedRead failedRead) {
        List<String> keys = List.of("a", "b", "c", "d", "a");
        VirtualClient client = proxy.client();
        keys.forEach(key -> assertThat(client.ask("set " + key + " 0 0 1\r\n" + key + "\r\n"))
                .isEqualTo("STORED\r\n"));
        int before = client.received().length();
        assertThat(proxy.servers())
                .as("each has some of the keys")
                .noneMatch(server -> server.model().items().isEmpty());
        play.ready();
        client.send("get " + String.join(" ", keys) + "\r\n");
        play.toTheEnd();
        String answer = client.received().substring(before);
        boolean twoCopies = proxy.servers().size() > 2;
        if (client.isOpen()) {
            StringBuilder pattern = new StringBuilder();
            boolean mayMiss = play.faultsPlayed() > 0 && (!twoCopies || play.refused());
            keys.forEach(key -> pattern.append("(VALUE ")
                    .append(key)
                    .append(" 0 1\r\n")
                    .append(key)
                    .append("\r\n)"));
            String all = mayMiss ? pattern.toString().replace("\r\n)", "\r\n)?") : pattern.toString();
            boolean mayFail = mayMiss && failedRead == FailedRead.ERROR;
            assertThat(answer).matches(all + "END\r\n" + (mayFail ? "|SERVER_ERROR [^\r\n]*\r\n" : ""));
        } else {
            assertThat(play.faultsPlayed()).isPositive();
        }
        proxy.heal();
        proxy.requireRest();
        assertThat(proxy.client().ask("get zz\r\n")).isEqualTo("END\r\n");
    }

    /** Numbers of all servers that answer, and one END. */
    @ParameterizedTest
    @CsvSource({"stats, STAT pid 1", "stats settings, ''", "stats items, ''"})
    void statsInEveryScript(String request, String own) {
        Choices.explore(request, MOST_SCRIPTS, choices -> {
            try (VirtualProxy proxy = proxy(List.of("1.6.18", "1.6.18"), List.of(), ClientPolicy.OPEN)) {
                VirtualClient client = proxy.client();
                proxy.servers().forEach(server -> server.automatic(line -> false));
                client.send(request + "\r\n");
                Play play = new Play(
                        proxy,
                        choices,
                        EnumSet.of(ScriptStep.REFUSES, ScriptStep.BREAKS_IN_ANSWER, ScriptStep.IS_LATE),
                        2,
                        1);
                play.handshakesToo().toTheEnd();
                String answer = client.received();
                assertThat(answer).contains(own).endsWith("END\r\n");
                assertThat(answer.split("END\r\n", -1))
                        .as("one END in " + answer)
                        .hasSize(2);
                assertThat(answer.lines().filter(line -> !line.startsWith("STAT ")))
                        .containsExactly("END");
                proxy.heal();
                proxy.requireRest();
                assertThat(proxy.replica(proxy.primary()).status()).isNotEqualTo(ReplicaStatus.OUT);
            }
        });
    }
}
