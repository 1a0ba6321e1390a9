package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.atIndex;

import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.ConfigText;
import io.mempair.ha.config.NodeFile;
import io.mempair.ha.time.SystemClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code check-config} says of peers, servers, clocks and ports that are not as they should be. */
@Timeout(60)
class ReachabilityTest {

    @TempDir
    private Path folder;

    private final SystemClock clock = new SystemClock();

    private NodeFile node(int peer, int server, int group, int http, int listen) throws Exception {
        return ConfigReader.readNodeFile(ConfigText.of(
                Files.writeString(folder.resolve("m.yaml"), """
                node: {name: a}
                group: {bind: 127.0.0.1, port: %d, peers: ['127.0.0.1:%d']}
                virtual-address: {address: 10.0.0.100/24, interface: eth0}
                proxy: {servers: ['127.0.0.1:%d'], listen: ['127.0.0.1:%d']}
                admin: {http: '127.0.0.1:%d'}
                """.formatted(group, peer, server, listen, http))));
    }

    private NodeFile node(int peer, int server) throws Exception {
        return node(peer, server, 1, 2, 3);
    }

    private List<String> warnings(NodeFile node) {
        return new Reachability(clock).warnings(node.group(), node.proxy().pool());
    }

    /** Says the same to everybody who asks. */
    private static ServerSocket saying(String answer) throws IOException {
        ServerSocket socket = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread acceptor = new Thread(
                () -> {
                    while (!socket.isClosed()) {
                        try (Socket client = socket.accept()) {
                            client.getInputStream().read();
                            client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                            client.getOutputStream().flush();
                            client.shutdownOutput();
                            client.getInputStream().readAllBytes();
                        } catch (IOException e) {
                            // the next one
                        }
                    }
                },
                "saying");
        acceptor.setDaemon(true);
        acceptor.start();
        return socket;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void aPeerAndAServerWithTheSameTimeAreFine() throws Exception {
        long seconds = clock.wallMillis() / 1_000;
        try (ServerSocket peer = saying("");
                ServerSocket server = saying("STAT pid 1\r\nSTAT time " + seconds + "\r\nEND\r\n")) {
            assertThat(warnings(node(peer.getLocalPort(), server.getLocalPort())))
                    .isEmpty();
        }
    }

    @Test
    void whereNobodyListensTheKeyAndTheRemedyAreSaid() throws Exception {
        int nobody = freePort();

        assertThat(warnings(node(nobody, nobody)))
                .hasSize(2)
                .satisfies(
                        peer -> assertThat(peer)
                                .startsWith("group.peers: 127.0.0.1:" + nobody + " refuses: nobody listens there"),
                        atIndex(0))
                .satisfies(
                        server -> assertThat(server)
                                .isEqualTo("proxy.servers: 127.0.0.1:" + nobody
                                        + " refuses: nobody listens there (expected: a memcached that this host"
                                        + " reaches)"),
                        atIndex(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SSH-2.0-x           | answers 'SSH-2.0-x' to stats (expected: a memcached)",
                "STAT time soon      | says that its time is 'soon' (expected: a memcached)",
                "''                  | accepts and says nothing that a memcached says"
            })
    void whatIsNoMemcachedIsSaid(String answer, String message) throws Exception {
        try (ServerSocket peer = saying("");
                ServerSocket server = saying(answer.isEmpty() ? "" : answer + "\r\n")) {
            assertThat(warnings(node(peer.getLocalPort(), server.getLocalPort())))
                    .singleElement()
                    .asString()
                    .contains("proxy.servers: 127.0.0.1:" + server.getLocalPort() + ' ' + message.strip());
        }
    }

    @Test
    void aServerThatWantsALoginIsAMemcachedToo() throws Exception {
        try (ServerSocket peer = saying("");
                ServerSocket server = saying("CLIENT_ERROR unauthenticated\r\n")) {
            assertThat(warnings(node(peer.getLocalPort(), server.getLocalPort())))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"600, ahead of", "-600, behind"})
    void anotherClockIsSaid(long ahead, String word) throws Exception {
        long seconds = clock.wallMillis() / 1_000 + ahead;
        try (ServerSocket peer = saying("");
                ServerSocket server = saying("STAT time " + seconds + "\r\nEND\r\n")) {
            assertThat(warnings(node(peer.getLocalPort(), server.getLocalPort())))
                    .singleElement()
                    .asString()
                    .contains(" s " + word + " that of this host, so absolute times of expiry mean another moment");
        }
    }

    @Test
    void aPortThatSomebodyHasIsSaidWithItsKey() throws Exception {
        try (ServerSocket taken = saying("")) {
            int port = taken.getLocalPort();
            int free = freePort();

            assertThat(PortsFree.warnings(node(1, 2, port, free, free)))
                    .singleElement()
                    .asString()
                    .startsWith("group.port: 127.0.0.1:" + port + " cannot be opened: ")
                    .endsWith("`ss -ltnp` shows who has it)");
            assertThat(PortsFree.warnings(node(1, 2, free, port, free)))
                    .singleElement()
                    .asString()
                    .startsWith("admin.http: 127.0.0.1:" + port);
            assertThat(PortsFree.warnings(node(1, 2, free, free, port)))
                    .singleElement()
                    .asString()
                    .startsWith("proxy.listen: 127.0.0.1:" + port);
            assertThat(PortsFree.warnings(node(1, 2, free, free, free))).isEmpty();
        }
    }
}
