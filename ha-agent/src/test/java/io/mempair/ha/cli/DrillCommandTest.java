package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.admin.FakeNode;
import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.election.Role;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a drill refuses; what it does is shown on a real pair, in DrillIT. */
@Timeout(30)
class DrillCommandTest extends CommandOfNode {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "drill --every 0s   | mempair drill: --every: '0s' (expected: over 0)",
                "drill --yes        | mempair drill: --yes: does nothing without --crash",
                "drill --timeout x  | mempair drill: --timeout: 'x' (expected: a duration"
            })
    void whatCannotBeRightIsRefused(String line, String message) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).startsWith(message);
    }

    @Test
    void whatIsNoNodeOfAPairHasNothingToDrill() {
        node.status = FakeNode.witness();
        assertThat(run("drill", "--control", control.toString())).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("mempair drill: a drill moves the active node of a pair, and w is a witness, which votes");

        node.status = FakeNode.proxyAlone();
        assertThat(run("drill", "--crash", "--control", control.toString())).isEqualTo(1);
        assertThat(err.toString())
                .contains("mempair drill: a drill moves the active node of a pair, and this proxy runs alone");
    }

    @Test
    void aPairThatIsNotFineIsLeftAlone() {
        node.status = FakeNode.withServerDown("refused");

        assertThat(run("drill", "--target", "127.0.0.1:1", "--control", control.toString()))
                .isEqualTo(1);
        assertThat(err.toString())
                .startsWith("mempair drill: b serves, ")
                .contains("(expected: a pair that is fine; see mempair status)");
    }

    @Test
    void aCrashIsForTheActiveNodeOnly() {
        assertThat(run("drill", "--crash", "--yes", "--target", "127.0.0.1:1", "--control", control.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("--crash kills the active node, which is ");
    }

    @Test
    void aCrashNeedsConsent() {
        node.status = active();
        InputStream usual = System.in;
        System.setIn(new ByteArrayInputStream("b\n".getBytes(StandardCharsets.US_ASCII)));
        try {
            assertThat(run("drill", "--crash", "--target", "127.0.0.1:1", "--control", control.toString()))
                    .isEqualTo(2);
        } finally {
            System.setIn(usual);
        }
        assertThat(err.toString())
                .startsWith(
                        "This kills node a, process " + ProcessHandle.current().pid())
                .contains("mempair drill: nothing was done (expected: the name of the node, or --yes)");
    }

    private static NodeStatus active() {
        NodeStatus fake = FakeNode.status(Role.ACTIVE, true, true, "fit");
        return new NodeStatus(
                fake.kind(),
                fake.name(),
                fake.role(),
                fake.epoch(),
                "a",
                fake.reason(),
                fake.sinceMillis(),
                fake.holdsAddress(),
                List.of(new NodeStatus.PeerStatus("b", Role.STANDBY, 100, true, 42, false)),
                fake.proxy(),
                fake.knowledge(),
                null,
                fake.fitness(),
                fake.summary());
    }
}
