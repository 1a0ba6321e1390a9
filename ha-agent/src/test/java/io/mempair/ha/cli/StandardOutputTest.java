package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where what a command prints cannot be kept, in a process of its own. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StandardOutputTest {

    private static final List<String> PROGRAM = List.of(
            ProcessHandle.current().info().command().orElse("java"),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Main.class.getName());

    @TempDir
    private Path folder;

    private record Ended(int exitCode, String err) {}

    private static Ended run(List<String> command, Redirect output) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectOutput(output).start();
        process.getOutputStream().close();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), err);
    }

    private static List<String> program(String line) {
        return Stream.concat(PROGRAM.stream(), Stream.of(line.split(" "))).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "status --help"})
    void onAFullDiskIsAFailureWithItsReason(String line) throws Exception {
        Ended ended = run(program(line), Redirect.to(new File("/dev/full")));

        assertThat(ended.err()).contains("mempair: standard output cannot be written, so what is there is not whole: ");
        assertThat(ended.exitCode()).isEqualTo(1);
    }

    @Test
    void aReaderThatHasReadEnoughIsNone() throws Exception {
        Ended ended = run(
                Stream.concat(
                                Stream.of("bash", "-o", "pipefail", "-c", "\"$@\" | true", "bash"),
                                program("status --help").stream())
                        .toList(),
                Redirect.DISCARD);

        assertThat(ended.err()).isEmpty();
        assertThat(ended.exitCode()).isZero();
    }

    /** For monitoring 1 is a pair without a spare, which is another thing than a verdict that nobody can read. */
    @ParameterizedTest
    @CsvSource({"'0 all is well', 3", "'1 no spare', 1", "'2 nobody serves', 2"})
    void aVerdictThatCannotBeWrittenIsUnknown(String verdict, int exitCode) throws Exception {
        Path control = folder.resolve("c.sock");
        try (ServerSocketChannel node = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            node.bind(UnixDomainSocketAddress.of(control));
            CompletableFuture<Void> answered =
                    CompletableFuture.runAsync(() -> answerOne(node, "ok " + verdict + "\n"));

            Ended ended = run(program("status --check --control " + control), Redirect.to(new File("/dev/full")));

            assertThat(ended.err()).contains("standard output cannot be written");
            assertThat(ended.exitCode()).isEqualTo(exitCode);
            answered.get(30, TimeUnit.SECONDS);
        }
    }

    private static void answerOne(ServerSocketChannel listener, String answer) {
        try (SocketChannel client = listener.accept()) {
            client.read(ByteBuffer.allocate(200));
            client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void closedIsAFailureToo() throws Exception {
        Ended ended = run(
                Stream.concat(Stream.of("bash", "-c", "\"$@\" >&-", "bash"), program("--version").stream())
                        .toList(),
                Redirect.DISCARD);

        assertThat(ended.err()).contains("standard output cannot be written");
        assertThat(ended.exitCode()).isEqualTo(1);
    }
}
