package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A node whose process is stopped, as by SIGSTOP: the kernel takes connections for it and nobody answers. The limit of each test is
 * below what any single wait of a command was before.
 */
@Timeout(12)
class FrozenNodeTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private ServerSocketChannel frozen;
    private Path control;

    @BeforeEach
    void freeze() throws IOException {
        control = folder.resolve("c.sock");
        frozen = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        frozen.bind(UnixDomainSocketAddress.of(control), 1);
    }

    @AfterEach
    void close() throws IOException {
        frozen.close();
    }

    private int run(String line) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute((line + " --control " + control).split(" "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"history", "why", "switchover", "standby", "reload --dry-run", "slow", "tap --for 30s", "drill"})
    void aCommandSaysInTimeThatNobodyAnswers(String command) {
        assertThat(run(command)).isEqualTo(1);
        assertThat(err.toString())
                .startsWith(
                        "mempair " + command.replaceFirst(" .*", "") + ": " + control
                                + ": no node answers (no answer within 5 s: its process is stopped, or this host has no time for it)");
    }

    @Test
    void aCheckIsUnknownBeforeMonitoringGivesUp() {
        assertThat(run("status --check")).isEqualTo(3);
        assertThat(out.toString()).startsWith("unknown: " + control + ": no node answers (no answer within 5 s");
    }

    @Test
    void aWaitKeepsItsTimeout() {
        assertThat(run("wait serving standby --timeout 300ms")).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("mempair wait: not serving or standby within 300ms: " + control
                        + ": no node answers (no answer within ");
    }

    @Test
    void theKernelsQueueForItMayBeFull() throws IOException {
        List<SocketChannel> queue = new ArrayList<>();
        try {
            while (queued(queue)) {
                assertThat(queue).hasSizeLessThan(100);
            }
            assertThat(run("wait serving --timeout 300ms")).isEqualTo(1);
        } finally {
            for (SocketChannel waiting : queue) {
                waiting.close();
            }
        }
        assertThat(err.toString()).contains("no answer within ");
    }

    /** Whether the kernel took one more connection. */
    private boolean queued(List<SocketChannel> queue) throws IOException {
        SocketChannel waiting = SocketChannel.open(StandardProtocolFamily.UNIX);
        queue.add(waiting);
        waiting.configureBlocking(false);
        try {
            return waiting.connect(UnixDomainSocketAddress.of(control));
        } catch (SocketException full) {
            return false;
        }
    }

    @Test
    void theArchiveAsksItOnce() {
        Path archive = folder.resolve("d.tar.gz");

        assertThat(run("debug --output " + archive + " --config " + folder.resolve("none.yaml")))
                .isZero();
        assertThat(archive).isRegularFile();
    }
}
