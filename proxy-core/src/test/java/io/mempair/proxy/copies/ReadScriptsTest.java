package io.mempair.proxy.copies;

import static io.mempair.proxy.copies.ServerCondition.OUT;
import static io.mempair.proxy.copies.ServerCondition.OUTDATED;
import static io.mempair.proxy.copies.ServerCondition.SERVING;
import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.FailedRead;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.script.Choices;
import io.mempair.proxy.testkit.script.MemcachedModel.ModelItem;
import io.mempair.proxy.testkit.script.Play;
import io.mempair.proxy.testkit.script.ScriptStep;
import io.mempair.proxy.testkit.script.VirtualClient;
import io.mempair.proxy.testkit.script.VirtualProxy;
import io.mempair.proxy.testkit.script.VirtualServer;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One read of a key with two copies, with every order of answers, losses and silences: the client is answered once, with what
 * was written last, and a miss or a failure is told only where there is a reason.
 */
@ExtendWith(NoLeaks.class)
class ReadScriptsTest {

    private static final int MOST_SCRIPTS = 20_000;
    private static final String VALUE = "10";

    private static final Set<ScriptStep> FAULTS = EnumSet.of(
            ScriptStep.REFUSES,
            ScriptStep.DOES_AND_BREAKS,
            ScriptStep.BREAKS,
            ScriptStep.BREAKS_IN_ANSWER,
            ScriptStep.RESTARTS,
            ScriptStep.IS_LATE);

    /** Those that take no time. */
    private static final Set<ScriptStep> SOON =
            EnumSet.of(ScriptStep.REFUSES, ScriptStep.BREAKS, ScriptStep.BREAKS_IN_ANSWER, ScriptStep.RESTARTS);

    /**
     * A read.
     *
     * @param hit   a pattern of what a client is told of the value
     * @param miss  and if there is none
     */
    private record Read(String name, String request, String hit, String miss, boolean touches, boolean makes) {

        Read(String name, String request, String hit, String miss) {
            this(name, request, hit, miss, false, false);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Read> CLASSIC = List.of(
            new Read("get", "get k\r\n", "VALUE k 0 2\r\n10\r\nEND\r\n", "END\r\n"),
            new Read("gets", "gets k\r\n", "VALUE k 0 2 [0-9]+\r\n10\r\nEND\r\n", "END\r\n"),
            new Read("gat", "gat 100 k\r\n", "VALUE k 0 2\r\n10\r\nEND\r\n", "END\r\n", true, false),
            new Read("gats", "gats 100 k\r\n", "VALUE k 0 2 [0-9]+\r\n10\r\nEND\r\n", "END\r\n", true, false),
            new Read("two keys", "get k z\r\n", "VALUE k 0 2\r\n10\r\nEND\r\n", "END\r\n"),
            new Read("a key twice", "get k k\r\n", "(VALUE k 0 2\r\n10\r\n){2}END\r\n", "END\r\n"));

    private static final List<Read> META = List.of(
            new Read("mg", "mg k\r\n", "HD\r\n", "EN\r\n"),
            new Read("mg v", "mg k v\r\n", "VA 2\r\n10\r\n", "EN\r\n"),
            new Read("mg all", "mg k v f t s k Ox c\r\n", "VA 2 f0 t-1 s2 kk Ox c[0-9]+\r\n10\r\n", "EN kk Ox\r\n"),
            new Read("mg encoded", "mg aw== b k v\r\n", "VA 2 kaw== b\r\n10\r\n", "EN kaw== b\r\n"),
            new Read("mg quiet", "mg k v q\r\n", "VA 2\r\n10\r\n", ""),
            new Read("mg T", "mg k v T100\r\n", "VA 2\r\n10\r\n", "EN\r\n", true, false),
            new Read("mg N", "mg k v N30\r\n", "VA 2\r\n10\r\n", "VA 0 W\r\n\r\n", false, true));

    static Stream<Object[]> reads() {
        Stream<Object[]> classic = Stream.of("1.4.25", "1.6.31")
                .flatMap(version -> CLASSIC.stream().map(read -> new Object[] {version, read}));
        Stream<Object[]> meta = Stream.of("1.6.18", "1.6.31")
                .flatMap(version -> META.stream().map(read -> new Object[] {version, read}));
        return Stream.concat(classic, meta);
    }

    @ParameterizedTest
    @MethodSource("reads")
    void oneReadInEveryScript(String version, Read read) {
        VirtualProxy.VirtualSetup pair = VirtualProxy.VirtualSetup.pair(version);
        for (FailedRead failedRead : FailedRead.values()) {
            VirtualProxy.VirtualSetup setup = pair.with(ClientPolicy.OPEN.with(failedRead));
            for (ServerCondition primary : ServerCondition.values()) {
                for (ServerCondition backup : ServerCondition.values()) {
                    explore(setup, read, primary, backup, VALUE);
                    if (failedRead == FailedRead.ERROR) {
                        explore(setup, read, primary, backup, null);
                    }
                }
            }
        }
    }

    private static void explore(
            VirtualProxy.VirtualSetup setup, Read read, ServerCondition primary, ServerCondition backup, String value) {
        String name = setup.primaries() + " " + read + " of " + value + ", failed-read "
                + setup.policy().failedRead() + ", primary " + primary + ", backup " + backup;
        Choices.explore(name, MOST_SCRIPTS, choices -> {
            try (VirtualProxy proxy = ServerCondition.play(setup, primary, backup, "k", value)) {
                VirtualClient client = proxy.client();
                Play play = new Play(proxy, choices, FAULTS, primary == SERVING && backup == SERVING ? 2 : 1, 1);
                boolean readable = value != null && !(primary == OUT && backup == OUT);
                boolean misses = setup.policy().failedRead() == FailedRead.MISS;
                run(proxy, client, read, play, new Facts(readable, primary == SERVING && backup == SERVING, misses));
            }
        });
    }

    /**
     * What decides which answers are right.
     *
     * @param readable  whether some server has the value, and can be asked without a fault
     * @param twice     whether both have it
     * @param misses    whether the operator wants a miss instead of an error
     */
    private record Facts(boolean readable, boolean twice, boolean misses) {}

    private static void run(VirtualProxy proxy, VirtualClient client, Read read, Play play, Facts facts) {
        play.ready();
        client.send(read.request());
        play.toTheEnd();
        String answer = client.received();
        assertThat(answer).as("answer").doesNotContain(OUTDATED);
        boolean brokenOff = !client.isOpen();
        if (brokenOff) {
            assertThat(play.faultsPlayed())
                    .as("faults for a client that was closed")
                    .isPositive();
            assertThat(answer).as("beginning of an answer that broke off").matches("V(.|\r\n)*");
        } else {
            boolean restarted = proxy.servers().stream().anyMatch(VirtualServer::restarted);
            answered(read, answer, play, facts, restarted);
        }
        proxy.heal();
        proxy.requireRest();
        if (read.touches() && answer.matches(read.hit())) {
            lifetimesAreEqual(proxy);
        }
    }

    private static void answered(Read read, String answer, Play play, Facts facts, boolean restarted) {
        boolean faults = play.faultsPlayed() > 0;
        String failure = "SERVER_ERROR [^\r\n]*\r\n";
        if (answer.matches(failure)) {
            assertThat(faults || !facts.readable()).as("a reason to fail").isTrue();
            boolean other = facts.twice() && play.faultsPlayed() == 1 && !play.refused();
            assertThat(other).as("failed, although the other copy can be read").isFalse();
        } else if (answer.equals(read.miss())) {
            boolean mayLack = !facts.readable() || (faults && (facts.misses() || restarted));
            assertThat(mayLack || read.makes()).as("a reason for a miss").isTrue();
        } else {
            boolean aPart = faults && read.name().equals("a key twice");
            String part = "(VALUE k 0 2\r\n10\r\n){1,2}(" + (facts.misses() ? "END\r\n" : failure) + ")";
            assertThat(answer).matches(aPart ? read.hit() + '|' + part : read.hit());
            assertThat(facts.readable()).as("a value to read").isTrue();
        }
    }

    /** A copy that still has the longer lifetime would be read when the other is over. */
    private static void lifetimesAreEqual(VirtualProxy proxy) {
        for (VirtualServer server : proxy.servers()) {
            ModelItem item = server.model().item("k");
            boolean counts = item != null && proxy.replica(server).status() != ReplicaStatus.OUT;
            assertThat(!counts || item.expires() < Long.MAX_VALUE)
                    .as(server.address() + " holds the item for a while only")
                    .isTrue();
        }
    }

    /** The primary is slow, so that the backup is asked too: whichever answers first is heard, and nobody else. */
    @ParameterizedTest
    @MethodSource("reads")
    void aHedgedReadInEveryScript(String version, Read read) {
        CopyPolicy usual = CopyPolicy.DEFAULT;
        CopyPolicy hedged = new CopyPolicy(
                usual.acknowledge(), true, usual.journalBytes(), 0, usual.refillFor(), usual.refillLifetime());
        VirtualProxy.VirtualSetup setup =
                VirtualProxy.VirtualSetup.pair(version).with(hedged);
        boolean[] asked = new boolean[1];
        Choices.explore(version + " hedged " + read, MOST_SCRIPTS, choices -> {
            try (VirtualProxy proxy = ServerCondition.play(setup, SERVING, SERVING, "k", VALUE)) {
                VirtualClient client = proxy.client();
                for (int i = 0; i < 11; i++) {
                    client.ask("get k\r\n".repeat(100));
                }
                VirtualClient reader = proxy.client();
                proxy.backup().heard().clear();
                Play play = new Play(proxy, choices, SOON, 1, 1).pauses(1);
                run(proxy, reader, read, play, new Facts(true, true, false));
                asked[0] |= play.faultsPlayed() == 0 && !proxy.backup().heard().isEmpty();
            }
        });
        boolean hedges = !read.touches() && !read.makes() && !read.request().matches("get k .*\r\n");
        assertThat(asked[0] || !hedges)
                .as("some script in which the backup is asked too")
                .isTrue();
    }
}
