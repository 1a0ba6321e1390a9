package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.admin.AdminServer;
import io.mempair.ha.admin.FakeNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DebugCommandTest {

    @TempDir
    private Path folder;

    private final FakeNode node = new FakeNode();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    /** As everybody reads such a file. */
    private String tar(Path archive, String... words) throws Exception {
        String[] command = new String[words.length + 3];
        command[0] = "tar";
        System.arraycopy(words, 0, command, 1, words.length);
        command[words.length + 1] = "-f";
        command[words.length + 2] = archive.toString();
        Process tar = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(tar.waitFor()).as(said).isZero();
        return said;
    }

    private String content(Path archive, String part) throws Exception {
        return tar(archive, "-xzO", "--occurrence=1", "mempair-debug/" + part);
    }

    @Test
    void allOfItIsInOneFileForItsOwnerAndWithoutSecrets() throws Exception {
        Path control = folder.resolve("c.sock");
        Path config = Files.writeString(
                folder.resolve("m.yaml"),
                "admin: {control: " + control + "}\nhooks: {notify: /bin/x --token=abc123}\n");
        Path archive = folder.resolve("d.tar.gz");
        try (AdminServer server =
                AdminServer.start(node, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), control)) {
            assertThat(server.httpAddress().getPort()).isPositive();
            assertThat(run("debug", "--recording", "1s", "--config", config.toString(), "--output", archive.toString()))
                    .as(err.toString())
                    .isZero();
        }

        assertThat(out.toString().strip()).isEqualTo(archive.toString());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)))
                .isEqualTo("rw-------");
        assertThat(tar(archive, "-tz").lines())
                .allMatch(name -> name.startsWith("mempair-debug/"))
                .contains(
                        "mempair-debug/about.txt",
                        "mempair-debug/config.yaml",
                        "mempair-debug/status.txt",
                        "mempair-debug/status.json",
                        "mempair-debug/history.txt",
                        "mempair-debug/metrics.txt",
                        "mempair-debug/recording.jfr",
                        "mempair-debug/threads.txt");
        assertThat(content(archive, "config.yaml")).contains("--token=(hidden)").doesNotContain("abc123");
        assertThat(content(archive, "status.json")).startsWith("{\"name\":\"a\"");
        assertThat(content(archive, "metrics.txt")).contains("mempair_serving");
        assertThat(content(archive, "threads.txt")).contains("\"main\"");
    }

    @Test
    void whatCannotBeHadIsSaidAndTheRestIsWritten() throws Exception {
        Path archive = folder.resolve("d.tar.gz");

        assertThat(run(
                        "debug",
                        "--control",
                        folder.resolve("none").toString(),
                        "--config",
                        folder.resolve("none.yaml").toString(),
                        "--output",
                        archive.toString()))
                .isZero();

        assertThat(content(archive, "about.txt"))
                .contains("mempair ")
                .contains("config.yaml: ")
                .contains("status.txt: " + folder.resolve("none") + ": no node answers");
    }

    @Test
    void aRecordingIsOfWholeSecondsAndAtMostTen() {
        assertThat(run("debug", "--recording", "11s")).isEqualTo(2);
        assertThat(err.toString()).startsWith("mempair debug: --recording: '11s' (expected: whole seconds, 0s to 10s)");
    }

    @Test
    void nothingIsOverwritten() throws IOException {
        Path there = Files.writeString(folder.resolve("d.tar.gz"), "precious");

        assertThat(run("debug", "--control", folder.resolve("none").toString(), "--output", there.toString()))
                .isEqualTo(2);

        assertThat(err.toString()).contains(there + " is there already");
        assertThat(there).hasContent("precious");
    }
}
