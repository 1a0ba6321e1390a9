package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ListenerConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.TlsIdentity;
import io.mempair.proxy.config.TlsListenerConfig;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.Packets;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TestCertificates;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client that will send nothing more gets all it has asked for, however slowly it reads; then the close. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class HalfClosedClientIT {

    private static final String VALUE = "x".repeat(1_000_000);
    private static final String HIT = "VALUE k 0 1000000\r\n" + VALUE + "\r\n";

    @TempDir
    private static Path folder;

    private static Memcached memcached;
    private static TestCertificates certificates;

    @BeforeAll
    static void start() throws IOException {
        memcached = Memcached.started();
        try (RawClient client = memcached.client()) {
            assertThat(client.ask("set k 0 0 1000000\r\n" + VALUE + "\r\n", "STORED\r\n"))
                    .isEqualTo("STORED\r\n");
        }
        certificates = new TestCertificates(folder);
        certificates.authority("ca");
        certificates.signed("proxy", "ca", "IP:127.0.0.1");
    }

    @AfterAll
    static void stop() {
        memcached.close();
    }

    @ParameterizedTest
    @EnumSource(TransportChoice.class)
    void pipelinedLargeGetsAreAllAnswered(TransportChoice transport) throws Exception {
        try (RunningProxy proxy = proxy(transport);
                Socket socket = slow();
                RawClient client = RawClient.over(socket, proxy.port())) {
            client.send("get k\r\n".repeat(7)).shutdownOutput();

            expect(client, HIT + "END\r\n", 7);
            assertThat(client.rest()).isEmpty();
            assertGone(proxy);
        }
    }

    /** More than the client may wait for: most of the lines are still to be read when it ends its half. */
    @ParameterizedTest
    @EnumSource(TransportChoice.class)
    void whatWasSentAndNotReadYetIsAnsweredToo(TransportChoice transport) throws Exception {
        String misses = "get none\r\n".repeat(5_000);
        try (RunningProxy proxy = proxy(transport);
                Socket socket = slow();
                RawClient client = RawClient.over(socket, proxy.port())) {
            client.send("get k k k\r\n" + misses + "get k\r\n" + misses).shutdownOutput();

            expect(client, HIT, 3);
            expect(client, "END\r\n", 5_001);
            expect(client, HIT, 1);
            expect(client, "END\r\n", 5_001);
            assertThat(client.rest()).isEmpty();
            assertGone(proxy);
        }
    }

    @ParameterizedTest
    @EnumSource(TransportChoice.class)
    void aLongMultiGetIsAnsweredWhole(TransportChoice transport) throws Exception {
        try (RunningProxy proxy = proxy(transport);
                Socket socket = slow();
                RawClient client = RawClient.over(socket, proxy.port())) {
            client.send("get" + " k none".repeat(30) + "\r\nmg k s\r\n").shutdownOutput();

            expect(client, HIT, 30);
            expect(client, "END\r\nHD s1000000\r\n", 1);
            assertThat(client.rest()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(TransportChoice.class)
    void binaryGetsAreAllAnswered(TransportChoice transport) throws Exception {
        try (RunningProxy proxy = proxy(transport);
                Socket socket = slow();
                RawClient client = RawClient.over(socket, proxy.port())) {
            client.send(Packets.of("get k|".repeat(7) + "noop")).shutdownOutput();

            for (int i = 0; i < 7; i++) {
                assertThat(client.receive(28 + VALUE.length())).endsWith(VALUE).hasSize(28 + VALUE.length());
            }
            assertThat(client.rest()).hasSize(24);
        }
    }

    /** In TLS 1.3 each side ends for itself (RFC 8446, section 6.1); in 1.2 the first who ends wants nothing more. */
    @ParameterizedTest
    @EnumSource(TransportChoice.class)
    void aClientThatEndsItsHalfOfTlsIsAnswered(TransportChoice transport) throws Exception {
        int tlsPort = RunningProxy.freePort();
        try (RunningProxy proxy = proxy(transport, tlsPort);
                Socket below = slow();
                RawClient client = RawClient.over(secured(below, tlsPort))) {
            client.send("get k\r\n".repeat(7)).shutdownOutput();

            expect(client, HIT + "END\r\n", 7);
            assertThat(client.rest()).isEmpty();
            assertGone(proxy);
        }
    }

    @ParameterizedTest
    @EnumSource(TransportChoice.class)
    void aClientThatEndsItsHalfBelowTlsIsAnswered(TransportChoice transport) throws Exception {
        int tlsPort = RunningProxy.freePort();
        try (RunningProxy proxy = proxy(transport, tlsPort);
                Socket below = slow();
                RawClient client = RawClient.over(secured(below, tlsPort))) {
            client.send("get k\r\n".repeat(7));
            below.shutdownOutput();

            expect(client, HIT + "END\r\n", 7);
            assertThat(client.rest()).isEmpty();
            assertGone(proxy);
        }
    }

    private static void expect(RawClient client, String part, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            String answer = client.receive(part.length());
            assertThat(answer.equals(part))
                    .as(() -> "it came " + answer.length() + " bytes of " + part.length() + ", at the end: "
                            + answer.substring(Math.max(0, answer.length() - 40)))
                    .isTrue();
        }
    }

    private static void assertGone(RunningProxy proxy) {
        await().atMost(Duration.ofSeconds(10))
                .until(() -> proxy.server().health().clients() == 0);
    }

    /** Takes little of what is sent until it is read. */
    private static Socket slow() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(16_384);
        return socket;
    }

    private static SSLSocket secured(Socket below, int port) throws Exception {
        below.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2_000);
        var context = (JdkSslContext) SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(certificates.file("ca.pem").toFile())
                .build();
        SSLSocket socket =
                (SSLSocket) context.context().getSocketFactory().createSocket(below, "127.0.0.1", port, true);
        socket.setEnabledProtocols(new String[] {"TLSv1.3"});
        return socket;
    }

    private static RunningProxy proxy(TransportChoice transport) throws Exception {
        return proxy(transport, RunningProxy.freePort());
    }

    private static RunningProxy proxy(TransportChoice transport, int tlsPort) throws Exception {
        int port = RunningProxy.freePort();
        ListenerConfig listeners = new ListenerConfig(
                List.of(new ServerAddress("127.0.0.1", port)),
                null,
                new TlsListenerConfig(
                        List.of(new ServerAddress("127.0.0.1", tlsPort)),
                        TlsIdentity.read(
                                "tls-certificate",
                                certificates.file("proxy.pem"),
                                "tls-key",
                                certificates.file("proxy.key")),
                        List.of()));
        return RunningProxy.listening(port, memcached.address(), listeners, transport);
    }
}
