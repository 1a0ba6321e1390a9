package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ListenerConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.config.UnixSocketConfig;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(NoLeaks.class)
@Timeout(30)
class UnixSocketTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(TransportChoice.class)
    void aUnixSocketServesWithItsModeAndWithoutTcp(TransportChoice transport) throws Exception {
        Path path = folder.resolve("m.sock");
        try (ScriptedServer server = ended()) {
            try (RunningProxy proxy = alone(server, new UnixSocketConfig(path, 0770), transport)) {
                assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rwxrwx---"));
                assertThat(folder.toFile().list()).containsExactly("m.sock");
                assertThat(ask(path, "get a\r\nquit\r\n")).isEqualTo("END\r\n");
                assertThat(proxy.server().health().open()).isTrue();
            }
            assertThat(path).doesNotExist();
        }
    }

    @Test
    void aUnixSocketServesBesideTcpAndComesAndGoesWithThePort() throws Exception {
        Path path = folder.resolve("m.sock");
        int port = RunningProxy.freePort();
        ListenerConfig both = new ListenerConfig(
                List.of(new ServerAddress("127.0.0.1", port)), new UnixSocketConfig(path, 0700), null);
        try (ScriptedServer server = ended();
                RunningProxy proxy = RunningProxy.listening(port, server.address(), both, TransportChoice.AUTO)) {
            try (var client = proxy.client()) {
                assertThat(client.ask("get a\r\n", "END\r\n")).isEqualTo("END\r\n");
            }
            RunningProxy.await(proxy.server().drain(Duration.ofMillis(200)));
            assertThat(path).doesNotExist();

            RunningProxy.await(proxy.server().open());
            assertThat(ask(path, "get a\r\nquit\r\n")).isEqualTo("END\r\n");
        }
    }

    /** With io_uring and NIO, Netty closes such a connection at once: docs/reference/configuration.md, {@code proxy.transport}. */
    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"AUTO", "EPOLL"})
    void aSlowReaderThatWillSendNothingMoreGetsAllAnswers(TransportChoice transport) throws Exception {
        Path path = folder.resolve("m.sock");
        String answer = "VALUE k 0 1000000\r\n" + "x".repeat(1_000_000) + "\r\nEND\r\n";
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> connection.send(answer));
                RunningProxy proxy = alone(server, new UnixSocketConfig(path, 0770), transport);
                SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            client.write(ByteBuffer.wrap("get k\r\n".repeat(7).getBytes(StandardCharsets.US_ASCII)));
            client.shutdownOutput();
            await().atMost(SOON).until(() -> !server.lines().isEmpty());

            assertThat(Channels.newInputStream(client).readAllBytes().length).isEqualTo(7 * answer.length());
        }
    }

    @ParameterizedTest
    @EnumSource(TransportChoice.class)
    void aSocketWhoseFolderIsRemovedIsMadeAgainAndOldConnectionsStay(TransportChoice transport) throws Exception {
        Path path = Files.createDirectory(folder.resolve("run")).resolve("m.sock");
        try (ScriptedServer server = ended();
                RunningProxy proxy = alone(server, new UnixSocketConfig(path, 0770), transport);
                SocketChannel earlier = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            Files.delete(path);
            Files.delete(path.getParent());

            await().atMost(SOON).until(() -> Files.exists(path));
            await().atMost(SOON).until(() -> path.getParent().toFile().list().length == 1);
            assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rwxrwx---"));
            assertThat(ask(path, "get a\r\nquit\r\n")).isEqualTo("END\r\n");
            assertThat(conversation(earlier, "get a\r\nquit\r\n")).isEqualTo("END\r\n");

            RunningProxy.await(proxy.server().drain(Duration.ofMillis(200)));
            assertThat(path).doesNotExist();
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsTriedUntilItCan() throws Exception {
        Path parent = Files.createDirectory(folder.resolve("run"));
        Path path = parent.resolve("m.sock");
        try (ScriptedServer server = ended();
                RunningProxy proxy = alone(server, new UnixSocketConfig(path, 0700), TransportChoice.AUTO)) {
            Files.delete(path);
            Files.delete(parent);
            // a file where the folder was: nobody can make it, whatever his rights
            Files.writeString(parent, "in the way");
            assertThat(proxy.server().health().open()).isTrue();

            Files.delete(parent);

            await().atMost(SOON).until(() -> Files.exists(path));
            assertThat(ask(path, "get a\r\nquit\r\n")).isEqualTo("END\r\n");
        }
    }

    @Test
    void whatAKilledProcessLeftBehindIsReplaced() throws Exception {
        Path path = folder.resolve("m.sock");
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(path));
        }
        Files.createDirectory(folder.resolve(".m.sock.new"));
        try (ScriptedServer server = ended();
                RunningProxy proxy = alone(server, new UnixSocketConfig(path, 0700), TransportChoice.AUTO)) {
            assertThat(ask(path, "get a\r\nquit\r\n")).isEqualTo("END\r\n");
            assertThat(proxy.server().health().open()).isTrue();
        }
    }

    @Test
    void aSocketOnWhichSomebodyListensIsNotTaken() throws Exception {
        Path path = folder.resolve("m.sock");
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                ScriptedServer server = ended()) {
            other.bind(UnixDomainSocketAddress.of(path));

            assertThatThrownBy(() -> alone(server, new UnixSocketConfig(path, 0700), TransportChoice.AUTO))
                    .hasMessageContaining("cannot listen on unix:" + path + ": another process listens there");
            assertThat(path).exists();
        }
    }

    @Test
    void anyOtherFileIsLeftAlone() throws Exception {
        Path path = Files.writeString(folder.resolve("m.sock"), "precious");
        try (ScriptedServer server = ended()) {
            assertThatThrownBy(() -> alone(server, new UnixSocketConfig(path, 0700), TransportChoice.AUTO))
                    .hasMessageContaining("is no socket (remedy: remove it)");
            assertThat(path).hasContent("precious");
        }
    }

    @Test
    void aMissingFolderIsNamed() throws Exception {
        Path path = folder.resolve("none/m.sock");
        try (ScriptedServer server = ended()) {
            assertThatThrownBy(() -> alone(server, new UnixSocketConfig(path, 0700), TransportChoice.AUTO))
                    .hasMessageContaining("the folder " + path.getParent() + " is not there (remedy: make it)");
        }
    }

    private static ScriptedServer ended() throws IOException {
        return ScriptedServer.playing((line, connection) -> connection.send("END\r\n"));
    }

    private static RunningProxy alone(ScriptedServer server, UnixSocketConfig unix, TransportChoice transport)
            throws Exception {
        return RunningProxy.listening(0, server.address(), new ListenerConfig(List.of(), unix, null), transport);
    }

    /** Everything that is answered until the proxy closes. */
    private static String ask(Path path, String request) throws IOException {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return conversation(client, request);
        }
    }

    private static String conversation(SocketChannel client, String request) throws IOException {
        client.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        ByteBuffer answer = ByteBuffer.allocate(8_192);
        while (client.read(answer) >= 0 && answer.hasRemaining()) {
            // until the end
        }
        return StandardCharsets.US_ASCII.decode(answer.flip()).toString();
    }
}
