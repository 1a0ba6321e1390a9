package io.mempair.ha.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the control socket should be is something else: a foreign program, a file, what a killed node left. */
@Timeout(30)
class ForeignSocketTest {

    private static final String FOREIGN = "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n<html>\u001b[31m";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String line, Path control) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute((line + " --control " + control).split(" "));
    }

    /** Answers everybody alike, until its socket is closed. */
    private static void answerAll(ServerSocketChannel listener) throws IOException {
        while (true) {
            try (SocketChannel client = listener.accept()) {
                client.read(ByteBuffer.allocate(200));
                client.write(ByteBuffer.wrap(FOREIGN.getBytes(UTF_8)));
            } catch (ClosedChannelException end) {
                return;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "status --json",
                "history",
                "why",
                "switchover",
                "standby",
                "online",
                "reload",
                "rebalance",
                "slow",
                "top --for 1s",
                "tap --for 1s",
                "drill",
                "wait serving --timeout 600ms"
            })
    void aForeignProgramIsToldInOneLine(String command) throws Exception {
        Path control = folder.resolve("c.sock");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(control));
            CompletableFuture<Void> server = CompletableFuture.runAsync(() -> {
                try {
                    answerAll(listener);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });

            assertThat(run(command, control)).isEqualTo(1);
            assertThat(err.toString().lines())
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .startsWith("mempair " + command.replaceFirst(" .*", "") + ": ")
                            .contains(control + ": what answers there is no node of mempair: 'HTTP/1.1 400 Bad Request'"
                                    + " (expected: the socket of admin.control)"));
            assertThat(out.toString()).isEmpty();

            assertThat(run("status --check", control)).isEqualTo(3);
            assertThat(out.toString().lines())
                    .singleElement()
                    .satisfies(line -> assertThat(line).startsWith("unknown: " + control + ": what answers there"));
            listener.close();
            server.join();
        }
    }

    @Test
    void whatIsNoSocketOrHasNobodyBehindItIsToldInWords() throws IOException {
        Path killed = folder.resolve("killed.sock");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(killed))
                .close();

        assertSaid(Files.createFile(folder.resolve("file")), "it is a file, no socket");
        assertSaid(folder, "it is a folder, no socket");
        assertSaid(
                killed, "connection refused: the program that made this socket was killed, and nothing runs here now");
        assertSaid(folder.resolve("x".repeat(150)), "the path is longer than the 107 bytes that");
    }

    private void assertSaid(Path control, String why) {
        err.getBuffer().setLength(0);
        assertThat(run("status", control)).isEqualTo(1);
        assertThat(err.toString()).startsWith("mempair status: " + control + ": no node answers (" + why);
    }
}
