package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.config.Profile;
import io.mempair.ha.lab.ChildJvm;
import io.mempair.ha.lab.Namespaces;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What two node processes on two hosts tell each other of the servers, also when one is killed, hung or cut off. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PairKnowledgeIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    private Namespaces hosts;
    private ChildJvm a;
    private ChildJvm b;

    @BeforeEach
    void startBoth() throws IOException {
        hosts = new Namespaces();
        a = start("a", "200", "10.91.0.1", "10.91.0.2");
        untilSaid(a, "-> ACTIVE");
        b = start("b", "100", "10.91.0.2", "10.91.0.1");
        untilSaid(b, "-> STANDBY");
        untilCalled(a, "[PeerStatus[name=b, role=STANDBY, priority=100, alive=true");
        untilCalled(b, "[PeerStatus[name=a, role=ACTIVE, priority=200, alive=true");
    }

    @AfterEach
    void removeHosts() {
        if (a != null) {
            a.close();
        }
        if (b != null) {
            b.close();
        }
        hosts.close();
    }

    private ChildJvm start(String name, String priority, String own, String peer) throws IOException {
        return new ChildJvm(hosts.name(name), NodeMain.class, name, priority, own, peer, Profile.DEFAULT.name());
    }

    private static ConditionFactory closely() {
        return await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(SOON);
    }

    private static void untilSaid(ChildJvm node, String text) {
        closely().untilAsserted(() -> assertThat(node.lines).anyMatch(line -> line.contains(text)));
    }

    /** Until the proxy of {@code node} was called so; returns the milliseconds, to which asking adds some. */
    private static long untilCalled(ChildJvm node, String call) {
        long fromNanos = System.nanoTime();
        closely().untilAsserted(() -> {
            node.say("calls");
            assertThat(node.lines).anyMatch(line -> line.startsWith("calls") && line.contains(call));
        });
        return (System.nanoTime() - fromNanos) / 1_000_000;
    }

    private static void assertNeverCalled(ChildJvm node, String call) {
        assertThat(node.lines).noneMatch(line -> line.startsWith("calls") && line.contains(call));
    }

    @Test
    void theStandbyIsToldAtOnceAndTheActiveNodeHearsThatItKnows() throws IOException {
        a.say("out 7");
        System.out.println("told and learnt: " + untilCalled(b, "learn 7") + " ms");
        System.out.println("and confirmed: " + untilCalled(a, "known 7") + " ms");

        a.say("out 8");
        untilCalled(b, "learn 8");
        untilCalled(a, "known 8");
        assertNeverCalled(a, "learn");
        assertNeverCalled(b, "known");
    }

    @Test
    void aKilledStandbyHoldsNothingUpAndOneThatReturnsLearnsByItself() throws IOException {
        a.say("out 7");
        untilCalled(a, "known 7");

        b.signal("KILL");
        a.say("out 8");
        System.out.println("peer killed, known after " + untilCalled(a, "known 8") + " ms");

        b.close();
        b = start("b", "100", "10.91.0.2", "10.91.0.1");
        untilCalled(b, "learn 8");
    }

    @Test
    void aHungStandbyHoldsNothingUpForLongerThanTheLease() throws IOException {
        a.say("out 7");
        untilCalled(a, "known 7");

        b.signal("STOP");
        a.say("out 8");
        System.out.println("peer hung, known after " + untilCalled(a, "known 8") + " ms");

        b.signal("CONT");
        untilCalled(b, "learn 8");
    }

    @Test
    void whatTheKilledActiveNodeKnewItsSuccessorKnows() throws IOException {
        a.say("out 7");
        untilCalled(a, "known 7");

        a.signal("KILL");

        untilSaid(b, "STANDBY -> ACTIVE");
        untilCalled(b, "[Known[address=m1:11211, backup=false, status=OUT");
        untilCalled(b, "known 1"); // its own version, with nobody to tell
    }

    @Test
    void ofTwoActiveNodesTheOneThatStepsDownLearnsAfterTheHeal() throws IOException {
        hosts.cut();
        untilSaid(b, "STANDBY -> ACTIVE");
        a.say("out 7");
        b.say("out 70");
        untilCalled(a, "known 7");
        untilCalled(b, "known 70");

        hosts.heal();

        untilSaid(a, "ACTIVE -> STANDBY");
        untilCalled(a, "learn 70");
        assertNeverCalled(a, "too late");
        assertNeverCalled(b, "learn");
    }
}
