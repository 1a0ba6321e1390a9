package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ListenerConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.TlsIdentity;
import io.mempair.proxy.config.TlsListenerConfig;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.config.UnixSocketConfig;
import io.mempair.proxy.handover.MoveCounts;
import io.mempair.proxy.handover.NotMoved;
import io.mempair.proxy.testkit.KernelConnection;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import io.mempair.proxy.testkit.TestCertificates;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What cannot be moved to another node is counted by its reason and closed: no client hangs, or reads a wrong byte. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ConnectionFallbackIT {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final Set<InetAddress> VIRTUAL = Set.of(LOOPBACK);
    private static final Duration GRACE = Duration.ofMillis(100);
    private static final int MEGABYTE = 1 << 20;

    @TempDir
    private static Path folder;

    private static Memcached memcached;

    @BeforeAll
    static void start() throws IOException {
        memcached = Memcached.started("-I", "8m", "-m", "256");
    }

    @AfterAll
    static void stop() {
        memcached.close();
    }

    private static RunningProxy proxy(int port, ListenerConfig listeners, TransportChoice transport) throws Exception {
        RunningProxy proxy = RunningProxy.listening(port, memcached.address(), listeners, transport);
        assertThat(proxy.server().handover().refusal())
                .as("why connections cannot be moved here")
                .isNull();
        return proxy;
    }

    private static RunningProxy plain(int port, TransportChoice transport) throws Exception {
        return proxy(port, ListenerConfig.tcp(List.of(new ServerAddress("127.0.0.1", port))), transport);
    }

    private static void quiesce(RunningProxy proxy) throws Exception {
        RunningProxy.await(proxy.server().handover().quiesce(GRACE));
    }

    /** Goes through with the hand-over as a source does that commits it. */
    private static MoveCounts moved(RunningProxy proxy, Set<InetAddress> addresses) throws Exception {
        ProxyServer server = proxy.server();
        MoveCounts counts = server.handover()
                .copy(addresses, copy -> {})
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        RunningProxy.await(server.handover().closeCopies());
        RunningProxy.await(server.drain(Duration.ZERO));
        RunningProxy.await(server.dropClients());
        return counts;
    }

    /** Nothing locks the network here: an acknowledgement that came in the middle of a copy would spoil it. */
    private static void awaitAcknowledged(int port) {
        Awaitility.await()
                .until(() -> KernelConnection.ofPort(port).stream()
                        .allMatch(connection -> connection.sendQueueBytes() == 0));
    }

    private static void assertNotMoved(MoveCounts counts, NotMoved reason) {
        assertThat(counts).isEqualTo(new MoveCounts(0, Map.of(reason, 1)));
    }

    @Test
    void aTlsClientIsNotMoved() throws Exception {
        TestCertificates certificates = new TestCertificates(folder);
        certificates.authority("ca");
        certificates.signed("proxy", "ca", "IP:127.0.0.1");
        TlsIdentity identity = TlsIdentity.read(
                "tls-certificate", certificates.file("proxy.pem"), "tls-key", certificates.file("proxy.key"));
        JdkSslContext trust = (JdkSslContext) SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(certificates.file("ca.pem").toFile())
                .build();
        int port = RunningProxy.freePort();
        int tlsPort = RunningProxy.freePort();
        ListenerConfig listeners = new ListenerConfig(
                List.of(new ServerAddress("127.0.0.1", port)),
                null,
                new TlsListenerConfig(List.of(new ServerAddress("127.0.0.1", tlsPort)), identity, List.of()));
        try (RunningProxy proxy = proxy(port, listeners, TransportChoice.AUTO);
                RawClient client =
                        RawClient.over(trust.context().getSocketFactory().createSocket(LOOPBACK, tlsPort))) {
            assertThat(client.ask("get none\r\n", "END\r\n")).isEqualTo("END\r\n");

            quiesce(proxy);

            assertNotMoved(moved(proxy, VIRTUAL), NotMoved.TLS);
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void aClientOfAUnixSocketIsNotMoved() throws Exception {
        int port = RunningProxy.freePort();
        Path path = folder.resolve("m.sock");
        ListenerConfig listeners = new ListenerConfig(
                List.of(new ServerAddress("127.0.0.1", port)), new UnixSocketConfig(path, 0700), null);
        try (RunningProxy proxy = proxy(port, listeners, TransportChoice.AUTO);
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            client.connect(UnixDomainSocketAddress.of(path));
            client.write(StandardCharsets.ISO_8859_1.encode("get none\r\n"));
            ByteBuffer answer = ByteBuffer.allocate(5);
            while (answer.hasRemaining() && client.read(answer) >= 0) {
                assertThat(client.isOpen()).isTrue();
            }
            assertThat(new String(answer.array(), StandardCharsets.ISO_8859_1)).isEqualTo("END\r\n");

            quiesce(proxy);

            assertNotMoved(moved(proxy, VIRTUAL), NotMoved.OTHER_ADDRESS);
            assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"EPOLL", "IO_URING"})
    void aConnectionToAnotherAddressOfTheHostIsNotMoved(TransportChoice transport) throws Exception {
        int port = RunningProxy.freePort();
        try (RunningProxy proxy = plain(port, transport);
                RawClient client = proxy.client()) {
            assertThat(client.ask("get none\r\n", "END\r\n")).isEqualTo("END\r\n");

            quiesce(proxy);

            assertNotMoved(moved(proxy, Set.of(InetAddress.getByName("127.0.0.2"))), NotMoved.OTHER_ADDRESS);
            assertThat(client.rest()).isEmpty();
        }
    }

    /** What it sent with its end is not answered: it has not been executed either. */
    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"EPOLL", "IO_URING"})
    void aClientThatClosesItsHalfMeanwhileIsNotMoved(TransportChoice transport) throws Exception {
        int port = RunningProxy.freePort();
        try (RunningProxy proxy = plain(port, transport);
                RawClient client = proxy.client();
                RawClient other = RawClient.connect(memcached.address())) {
            assertThat(client.ask("set half 0 0 1\r\n0\r\n", "STORED\r\n")).isEqualTo("STORED\r\n");

            quiesce(proxy);
            client.send("incr half 1\r\n").shutdownOutput();

            assertNotMoved(moved(proxy, VIRTUAL), NotMoved.HALF_CLOSED);
            assertThat(client.rest()).isEmpty();
            assertThat(other.ask("get half\r\n", "VALUE half 0 1\r\n0\r\nEND\r\n"))
                    .isEqualTo("VALUE half 0 1\r\n0\r\nEND\r\n");
        }
    }

    /** The same client is served to its end if the hand-over is taken back. */
    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"EPOLL", "IO_URING"})
    void aClientThatClosesItsHalfMeanwhileGetsItsAnswersOnceItIsTakenBack(TransportChoice transport) throws Exception {
        int port = RunningProxy.freePort();
        try (RunningProxy proxy = plain(port, transport);
                RawClient client = proxy.client()) {
            assertThat(client.ask("get none\r\n", "END\r\n")).isEqualTo("END\r\n");

            quiesce(proxy);
            client.send("get none\r\nget none\r\n").shutdownOutput();
            RunningProxy.await(proxy.server().handover().copy(VIRTUAL, copy -> {}));
            RunningProxy.await(proxy.server().handover().takeBack());
            RunningProxy.await(proxy.server().open());

            assertThat(client.rest()).isEqualTo("END\r\nEND\r\n");
        }
    }

    /** It is told that its request failed, whose fate nobody knows, and so it waits for nothing and moves. */
    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"EPOLL", "IO_URING"})
    void aRequestInFlightAfterItsTimeIsAnsweredWithAnErrorAndItsClientIsMoved(TransportChoice transport)
            throws Exception {
        int port = RunningProxy.freePort();
        try (RunningProxy proxy = plain(port, transport);
                RawClient client = proxy.client()) {
            assertThat(client.ask("get none\r\n", "END\r\n")).isEqualTo("END\r\n");
            memcached.freeze();
            client.send("get late\r\nget later\r\n");

            MoveCounts counts;
            try {
                quiesce(proxy);
                awaitAcknowledged(port);
                counts = moved(proxy, VIRTUAL);
            } finally {
                memcached.thaw();
            }

            assertThat(counts).isEqualTo(new MoveCounts(1, Map.of()));
            String error = "SERVER_ERROR server connection lost\r\n";
            assertThat(client.receive(2 * error.length())).isEqualTo(error.repeat(2));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"EPOLL", "IO_URING"})
    void aClientThatHasHalfAnAnswerAfterItsTimeIsNotMoved(TransportChoice transport) throws Exception {
        int port = RunningProxy.freePort();
        ListenerConfig listeners = ListenerConfig.tcp(List.of(new ServerAddress("127.0.0.1", port)));
        String half = "VALUE late 0 100000\r\n" + "v".repeat(50_000);
        try (ScriptedServer server = ScriptedServer.playing(
                        (line, connection) -> connection.send(line.equals("get late") ? half : "END\r\n"));
                RunningProxy proxy = RunningProxy.listening(port, server.address(), listeners, transport);
                RawClient client = proxy.client()) {
            client.send("get late\r\n");
            assertThat(client.receive(20)).isEqualTo(half.substring(0, 20));

            quiesce(proxy);

            assertNotMoved(moved(proxy, VIRTUAL), NotMoved.IN_FLIGHT);
            assertThat(half.substring(20)).startsWith(client.rest());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"EPOLL", "IO_URING"})
    void aClientThatSendsTooMuchMeanwhileIsNotMoved(TransportChoice transport) throws Exception {
        int port = RunningProxy.freePort();
        try (RunningProxy proxy = plain(port, transport);
                RawClient client = proxy.client()) {
            assertThat(client.ask("get none\r\n", "END\r\n")).isEqualTo("END\r\n");

            quiesce(proxy);
            CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> sendAll(client, 12 * MEGABYTE));
            Awaitility.await().until(() -> proxy.server().health().memory().heldBytes() > 2 * MEGABYTE);

            assertNotMoved(moved(proxy, VIRTUAL), NotMoved.UNREAD);
            assertThat(client.rest()).isEmpty();
            sender.get(10, TimeUnit.SECONDS);
        }
    }

    private static void sendAll(RawClient client, int bytes) {
        try {
            client.send("get none\r\n".repeat(bytes / 10));
        } catch (IOException e) {
            // closed: that is the point
        }
    }

    /** Whole answers, and then its end. */
    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"EPOLL", "IO_URING"})
    void aClientThatDoesNotReadALargeAnswerIsNotMoved(TransportChoice transport) throws Exception {
        int port = RunningProxy.freePort();
        String value = "v".repeat(6 * MEGABYTE);
        try (RunningProxy proxy = plain(port, transport);
                RawClient client = RawClient.over(new Socket(), port)) {
            try (RawClient direct = RawClient.connect(memcached.address())) {
                assertThat(direct.ask("set big 0 0 " + value.length() + "\r\n" + value + "\r\n", "STORED\r\n"))
                        .isEqualTo("STORED\r\n");
            }
            client.send("get big\r\n");
            assertThat(client.receive(100)).startsWith("VALUE big 0 ");

            quiesce(proxy);

            assertNotMoved(moved(proxy, VIRTUAL), NotMoved.UNACKNOWLEDGED);
            assertThat(client.rest()).matches("v*(\r\nEND\r\n)?");
        }
    }
}
