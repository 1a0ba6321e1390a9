package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.admin.FakeNode;
import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.election.Role;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.server.ProxyHealth;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class StatusCommandTest extends CommandOfNode {

    @Test
    void thePairIsATableWithAColumnForEachThing() {
        assertThat(run("status", "--control", control.toString())).isZero();

        assertThat(out.toString())
                .startsWith("fine: b serves, a can take over")
                .containsPattern(
                        "node +role +seen +address +servers up +clients +requests/s +version +configuration\\R")
                .containsPattern("a \\(this one\\) +standby +for 12 s +held +2 of 2 +3 +1500 +1.2.3 +0abcdef0\\R")
                .containsPattern("b +active +heard 42 ms ago\\R")
                .containsPattern("check +disk +BAD, exit code 1\\R");
    }

    @Test
    void aProxyAloneDoesNotSpeakOfAnAddressItHasNot() {
        node.status = proxyAlone(true);

        assertThat(run("status", "--control", control.toString())).isZero();

        assertThat(out.toString())
                .startsWith("fine: the proxy serves")
                .doesNotContain("address", "epoch", "peer", "active node", "standby");
    }

    @Test
    void aFileThatIsNoYamlStillNamesTheSocket() throws IOException {
        Path file = Files.writeString(
                folder.resolve("x.yaml"),
                "node:\n  name: [a\nadmin:\n  # here\n  http: 10.0.0.1\n\n  control: '" + control + "'\nproxy: {}\n");

        assertThat(run("status", "--config", file.toString())).isZero();
        assertThat(out.toString()).startsWith("fine: b serves");
        assertThat(err.toString())
                .startsWith(file + ":3:")
                .contains(": not YAML: ")
                .contains("mempair status: asking what runs at " + control + " all the same (another one: --control)");
    }

    @Test
    void whatIsWrongElsewhereInTheFileDoesNotMatter() throws IOException {
        Path file = Files.writeString(
                folder.resolve("x.yaml"),
                "admin: {control: " + control + ", auth-file: /no/such, tls-certificate: /no, http: x:y:z, bogus: 1}\n"
                        + "group: nothing\nbogus: 2\n");

        assertThat(run("history", "--config", file.toString())).isZero();
        assertThat(run("status", "--check", "--config", file.toString())).isZero();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aFileThatCannotBeReadIsSaidWithTheRemedy() {
        assertThat(run("status", "--config", folder.resolve("none.yaml").toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("none.yaml:1:1: is not there").contains("--control");
    }

    @ParameterizedTest
    @CsvSource({
        "STANDBY, ACTIVE, true, 0, fine: b serves",
        "ACTIVE, STANDBY, false, 1, degraded: a serves",
        "STANDBY, STANDBY, true, 2, critical: nobody serves",
    })
    void aCheckIsOneLineAndAnExitCode(Role own, Role peers, boolean alive, int exitCode, String line) {
        node.status = pair(own, new NodeStatus.PeerStatus("b", peers, 100, alive, 42, false));

        assertThat(run("status", "--check", "--control", control.toString())).isEqualTo(exitCode);
        assertThat(out.toString().lines())
                .singleElement()
                .satisfies(said -> assertThat(said).startsWith(line));
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aCheckWhereNothingRunsOrTheFileIsWrongIsUnknown() throws IOException {
        Path file = Files.writeString(folder.resolve("x.yaml"), "admin: {control: relative}\n");

        assertThat(run("status", "--check", "--control", folder.resolve("none.sock") + ""))
                .isEqualTo(3);
        assertThat(run("status", "--check", "--config", file.toString())).isEqualTo(3);
        assertThat(out.toString().lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).startsWith("unknown: "));
    }

    /** As {@code | head -1} does after its line. */
    @Test
    void aWatchEndsWithWhoReadsIt() throws IOException {
        PipedReader reader = new PipedReader();
        PrintWriter pipe = new PrintWriter(new PipedWriter(reader));
        reader.close();

        int exitCode = Main.commandLine()
                .setOut(pipe)
                .execute("status", "--watch", "--every", "1ms", "--control", control.toString());

        assertThat(exitCode).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "--check --json, --check: together with --json or --watch (expected: alone)",
        "--check --watch, --check: together with --json or --watch (expected: alone)",
        "--every 2s, --every: does nothing alone (expected: with --watch)",
        "--watch --every soon, --every: 'soon' (expected: a duration",
        "--watch --every 0ms, --every: '0ms' (expected: over 0)",
    })
    void whatDoesNotGoTogetherIsSaid(String flags, String message) {
        assertThat(run(("status " + flags).split(" "))).isEqualTo(2);
        assertThat(err.toString()).startsWith("mempair status: " + message);
    }

    private static NodeStatus pair(Role role, NodeStatus.PeerStatus peer) {
        boolean active = role == Role.ACTIVE;
        return status(NodeStatus.MemberKind.NODE, role, List.of(peer), active);
    }

    private static NodeStatus proxyAlone(boolean open) {
        return status(NodeStatus.MemberKind.PROXY, Role.ACTIVE, List.of(), open);
    }

    private static NodeStatus status(
            NodeStatus.MemberKind kind, Role role, List<NodeStatus.PeerStatus> peers, boolean open) {
        return new NodeStatus(
                kind,
                "a",
                role,
                0,
                null,
                "the reason",
                12_345,
                open && kind == NodeStatus.MemberKind.NODE,
                peers,
                new ProxyHealth("epoll", open, 3, 0, List.of()),
                ServerKnowledge.NONE,
                null,
                NodeStatus.FitnessStatus.PLAIN,
                FakeNode.SUMMARY);
    }
}
