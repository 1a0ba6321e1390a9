package io.mempair.proxy.copies;

import static io.mempair.proxy.copies.ServerCondition.OUT;
import static io.mempair.proxy.copies.ServerCondition.SERVING;
import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.replication.ReplicaStatus;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One write to two servers, with every order of their answers, losses and silences: the client is answered once, what was
 * acknowledged is there when the servers are well again, and an old value never is.
 */
@ExtendWith(NoLeaks.class)
class WriteScriptsTest {

    private static final int MOST_SCRIPTS = 20_000;
    private static final String OLD = "10";

    private static final Set<ScriptStep> FAULTS = EnumSet.of(
            ScriptStep.REFUSES, ScriptStep.DOES_AND_BREAKS, ScriptStep.BREAKS, ScriptStep.RESTARTS, ScriptStep.IS_LATE);

    /** No item. */
    private static final String NONE = "";

    /**
     * A write, and what the key holds after each answer but a failure.
     *
     * @param old     the value before, or {@link #NONE}
     * @param values  by answer; a line that begins so
     * @param followsByDeletion  whether the second copy may be deleted, as no command makes it equal
     */
    private record Write(
            String name, String request, String old, Map<String, String> values, boolean followsByDeletion) {

        Write(String name, String request, String old, Map<String, String> values) {
            this(name, request, old, values, false);
        }

        /** With the id that the client was told. */
        String of(VirtualClient client) {
            if (!request.contains("ID")) {
                return request;
            }
            String told = client.ask("gets k\r\n");
            assertThat(told).startsWith("VALUE k 0 2 ");
            return request.replace("ID", told.lines().findFirst().orElseThrow().split(" ")[4]);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Write> CLASSIC = List.of(
            new Write("set", "set k 0 0 3\r\nnew\r\n", OLD, Map.of("STORED", "new")),
            new Write("delete", "delete k\r\n", OLD, Map.of("DELETED", NONE, "NOT_FOUND", NONE)),
            new Write("add", "add k 0 0 3\r\nnew\r\n", NONE, Map.of("STORED", "new", "NOT_STORED", OLD)),
            new Write("add taken", "add k 0 0 3\r\nnew\r\n", OLD, Map.of("NOT_STORED", OLD)),
            new Write("replace", "replace k 0 0 3\r\nnew\r\n", OLD, Map.of("STORED", "new")),
            new Write("append", "append k 0 0 1\r\n1\r\n", OLD, Map.of("STORED", "101")),
            new Write("prepend", "prepend k 0 0 1\r\n1\r\n", OLD, Map.of("STORED", "110")),
            new Write("cas", "cas k 0 0 3 ID\r\nnew\r\n", OLD, Map.of("STORED", "new", "EXISTS", OLD)),
            new Write("cas of another", "cas k 0 0 3 7\r\nnew\r\n", OLD, Map.of("EXISTS", OLD)),
            new Write("incr", "incr k 5\r\n", OLD, Map.of("15", "15")),
            new Write("touch", "touch k 1000\r\n", OLD, Map.of("TOUCHED", OLD)),
            new Write("refused", "set k 0 0 20000\r\n", OLD, Map.of("SERVER_ERROR object too large", NONE)));

    private static final List<Write> META = List.of(
            new Write("ms", "ms k 3\r\nnew\r\n", OLD, Map.of("HD", "new")),
            new Write("ms quiet", "ms k 3 q k Oz\r\nnew\r\nmn\r\n", OLD, Map.of("MN", "new")),
            new Write("ms encoded", "ms aw== 3 b c k\r\nnew\r\n", OLD, Map.of("HD", "new")),
            new Write("ms ME", "ms k 3 ME\r\nnew\r\n", NONE, Map.of("HD", "new")),
            new Write("ms MR", "ms k 3 MR T100\r\nnew\r\n", OLD, Map.of("HD", "new")),
            new Write("ms MA", "ms k 1 MA\r\n1\r\n", OLD, Map.of("HD", "101")),
            new Write("ms MP N", "ms k 1 MP N100\r\n1\r\n", OLD, Map.of("HD", "110")),
            new Write("ms C", "ms k 3 CID\r\nnew\r\n", OLD, Map.of("HD", "new", "EX", OLD)),
            new Write("ms C I", "ms k 3 I CID\r\nnew\r\n", OLD, Map.of("HD", "new", "EX", OLD), true),
            new Write("ms E", "ms k 3 E123456\r\nnew\r\n", OLD, Map.of("HD", "new")),
            new Write("md", "md k\r\n", OLD, Map.of("HD", NONE, "NF", NONE)),
            new Write("md C", "md k CID\r\n", OLD, Map.of("HD", NONE, "EX", OLD)),
            new Write("md I", "md k I T30\r\n", OLD, Map.of("HD", OLD), true),
            new Write("ma", "ma k v D5\r\n", OLD, Map.of("VA", "15")),
            new Write("ma N", "ma k N100 J3 v\r\n", NONE, Map.of("VA", "3")),
            new Write("ma down", "ma k MD D3\r\n", OLD, Map.of("HD", "7")));

    static Stream<Object[]> writes() {
        Stream<Object[]> classic = Stream.of("1.4.25", "1.6.18", "1.6.31")
                .flatMap(version -> CLASSIC.stream().map(write -> new Object[] {version, write}));
        Stream<Object[]> meta = Stream.of("1.6.18", "1.6.31")
                .flatMap(version -> META.stream().map(write -> new Object[] {version, write}));
        return Stream.concat(classic, meta);
    }

    @ParameterizedTest
    @MethodSource("writes")
    void oneWriteInEveryScript(String version, Write write) {
        for (ServerCondition primary : ServerCondition.values()) {
            for (ServerCondition backup : ServerCondition.values()) {
                boolean calm = primary == SERVING && backup == SERVING;
                String name = version + " " + write + ", primary " + primary + ", backup " + backup;
                Choices.explore(name, MOST_SCRIPTS, choices -> {
                    VirtualProxy.VirtualSetup setup = VirtualProxy.VirtualSetup.pair(version);
                    try (VirtualProxy proxy = ServerCondition.play(setup, primary, backup, "k", orNull(write.old()))) {
                        run(proxy, write, choices, calm ? 2 : 1, primary == OUT && backup == OUT);
                    }
                });
            }
        }
    }

    private static String orNull(String value) {
        return value.equals(NONE) ? null : value;
    }

    private static void run(VirtualProxy proxy, Write write, Choices choices, int faults, boolean noServer) {
        VirtualClient client = proxy.client();
        String request = noServer ? write.request().replace("ID", "7") : write.of(client);
        int before = client.received().length();
        Play play = new Play(proxy, choices, FAULTS, faults, 1);
        play.ready();
        client.send(request);
        if (write.name().equals("refused")) {
            client.send("x".repeat(20_000) + "\r\n");
        }
        play.toTheEnd();
        String answer = client.received().substring(before);
        oneAnswer(write, answer);
        boolean lost = proxy.servers().stream().filter(VirtualServer::restarted).count() == 2
                || (noServer && proxy.servers().stream().anyMatch(VirtualServer::restarted));
        proxy.heal();
        proxy.requireRest();
        if (!lost) {
            copiesAreRight(proxy, write, answer, play, noServer);
            assertThat(client.received().substring(before))
                    .as("answers, some time later")
                    .isEqualTo(answer);
            readsAreRight(proxy, client, write, answer, play, noServer);
        }
    }

    /** A line, or the line of a value and the value. */
    private static void oneAnswer(Write write, String answer) {
        int lines = answer.startsWith("VA ") ? 2 : 1;
        boolean quiet = write.request().endsWith("mn\r\n");
        if (quiet && !answer.startsWith("MN")) {
            lines++; // a failure is told, also to those who are quiet
        }
        assertThat(answer).as("answer").endsWith("\r\n");
        assertThat(answer.lines().count()).as("lines of " + answer).isEqualTo(lines);
    }

    /** What the key may hold now. */
    private static List<String> allowed(Write write, String answer, Play play, boolean noServer) {
        // a copy that could not be deleted stays; the client hears of an error in any case
        boolean refusedAlone = write.name().equals("refused") && play.faultsPlayed() > 0;
        if (noServer || refusedAlone) {
            return List.of(NONE, write.old());
        }
        for (Map.Entry<String, String> one : write.values().entrySet()) {
            if (answer.startsWith(one.getKey())) {
                return List.of(one.getValue());
            }
        }
        assertThat(answer)
                .as("a failure, or an answer after the item was lost")
                .matches("(SERVER_ERROR .*|NOT_FOUND|NOT_STORED|NF .*|NF|NS|NS .*|EX|EXISTS)\r\n(MN\r\n)?");
        List<String> either = new ArrayList<>(write.values().values());
        either.add(write.old());
        either.add(NONE);
        return either;
    }

    private static void copiesAreRight(VirtualProxy proxy, Write write, String answer, Play play, boolean noServer) {
        List<String> allowed = allowed(write, answer, play, noServer);
        List<String> held = new ArrayList<>();
        for (VirtualServer server : proxy.servers()) {
            ModelItem item = server.model().item("k");
            String value = item == null || isMark(item) ? NONE : item.value();
            boolean mayLack = proxy.replica(server).status() == ReplicaStatus.REFILLING
                    || play.refused()
                    || write.followsByDeletion();
            if (!(mayLack && value.equals(NONE))) {
                assertThat(allowed)
                        .as("what " + server.address() + " holds after " + answer)
                        .contains(value);
            }
            if (!value.equals(NONE)) {
                held.add(value);
            }
        }
        assertThat(held.stream().distinct().count())
                .as("different values: " + held)
                .isLessThanOrEqualTo(1);
        if (!allowed.contains(NONE) && !play.refused()) {
            assertThat(held).as("copies after " + answer).isNotEmpty();
        }
    }

    private static boolean isMark(ModelItem item) {
        return item.value().isEmpty() && item.flags() == 0x6D70_6C65L;
    }

    private static void readsAreRight(
            VirtualProxy proxy, VirtualClient client, Write write, String answer, Play play, boolean noServer) {
        String told = client.ask("get k\r\n");
        String value = told.equals("END\r\n") ? NONE : told.lines().toList().get(1);
        List<String> allowed = allowed(write, answer, play, noServer);
        if (!(value.equals(NONE) && (play.refused() || write.followsByDeletion()))) {
            assertThat(allowed).as("read after " + answer).contains(value);
        }
        proxy.requireRest();
    }
}
