package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.ListenerConfig;
import io.mempair.proxy.config.PemFile;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.config.ServerTlsConfig;
import io.mempair.proxy.config.TlsIdentity;
import io.mempair.proxy.config.TlsListenerConfig;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TestCertificates;
import io.mempair.proxy.testkit.TestTimeouts;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that speak TLS. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class TlsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private static Path folder;

    private static TestCertificates certificates;
    private static Memcached memcached;

    private final int plainPort = freePort();
    private final int tlsPort = freePort();

    @BeforeAll
    static void start() throws IOException {
        certificates = new TestCertificates(folder);
        certificates.authority("ca");
        certificates.authority("other-ca");
        certificates.signedRsa("proxy", "ca", "IP:127.0.0.1");
        certificates.signed("renewed", "ca", "IP:127.0.0.1");
        certificates.signed("client", "ca", "DNS:client");
        certificates.signed("stranger", "other-ca", "DNS:stranger");
        memcached = Memcached.started();
    }

    @AfterAll
    static void stop() {
        memcached.close();
    }

    @ParameterizedTest
    @EnumSource(TransportChoice.class)
    void aSessionWithLargeValuesIsServedOnEveryTransport(TransportChoice transport) throws Exception {
        try (RunningProxy proxy = RunningProxy.listening(
                        plainPort, memcached.address(), listeners("proxy", List.of()), transport);
                RawClient plain = proxy.client();
                RawClient client = tls("TLSv1.3", null)) {
            String value = "x".repeat(900_000);
            String stored = "VALUE big 0 900000\r\n" + value + "\r\nEND\r\n";
            client.send("set big 0 0 900000\r\n" + value + "\r\n" + "get big\r\n".repeat(3));

            assertThat(client.receive(8 + 3 * stored.length())).isEqualTo("STORED\r\n" + stored.repeat(3));
            assertThat(plain.ask("get big\r\n", stored)).isEqualTo(stored);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aClientThatSendsNoMoreGetsItsAnswers(String version) throws Exception {
        try (RunningProxy proxy = proxy(List.of());
                RawClient client = tls(version, null)) {
            client.send("get none\r\n".repeat(1_000) + "quit\r\n");

            assertThat(client.rest()).isEqualTo("END\r\n".repeat(1_000));
            assertThat(proxy.server().health().open()).isTrue();
        }
    }

    @Test
    void aClientWithoutTlsIsClosedAndOthersAreServed() throws Exception {
        try (RunningProxy proxy = proxy(List.of());
                RawClient plain = RawClient.connect(tlsPort)) {
            assertThat(plain.send("get a\r\n").rest()).doesNotContain("END");

            try (RawClient client = tls("TLSv1.3", null)) {
                assertThat(client.ask("get none\r\n", "END\r\n")).isEqualTo("END\r\n");
            }
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> proxy.server().health().clients() == 0);
        }
    }

    @Test
    void aClientThatNeverBeginsTheHandshakeIsClosed() throws Exception {
        try (RunningProxy proxy = proxy(List.of());
                RawClient mute = RawClient.connect(tlsPort)) {
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> proxy.server().health().clients() == 1);
            await().atMost(Duration.ofSeconds(15))
                    .until(() -> proxy.server().health().clients() == 0);
            assertThat(mute.rest()).isEmpty();
        }
    }

    /** What TLS keeps of it cannot be deciphered before the rest comes. */
    @Test
    void halfARecordIsChargedToItsClientUntilTheClientHasGone() throws Exception {
        try (RunningProxy proxy = proxy(List.of());
                Socket wire = new Socket("127.0.0.1", tlsPort);
                RawClient client = RawClient.over(factory().createSocket(wire, "127.0.0.1", tlsPort, false))) {
            assertThat(client.ask("get none\r\n", "END\r\n")).isEqualTo("END\r\n");
            assertThat(held(proxy, "input")).isZero();

            byte[] half = new byte[10_000];
            System.arraycopy(new byte[] {0x17, 3, 3, 0x40, 0}, 0, half, 0, 5);
            wire.getOutputStream().write(half);
            await().atMost(PATIENCE).until(() -> held(proxy, "input") >= 10_000);

            wire.close();
            await().atMost(PATIENCE).until(() -> held(proxy, "input") == 0);
        }
    }

    private static long held(RunningProxy proxy, String use) {
        return proxy.server().health().memory().held().stream()
                .filter(memory -> memory.use().equals(use))
                .mapToLong(ProxyHealth.MemoryHeld::bytes)
                .sum();
    }

    /** Keys are computed where nobody waits for the loop. */
    @Test
    void handshakesAreComputedOnThreadsOfTheirOwn() throws Exception {
        try (RunningProxy proxy = proxy(List.of());
                RawClient client = tls("TLSv1.3", null)) {
            assertThat(client.ask("get none\r\n", "END\r\n")).isEqualTo("END\r\n");

            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .anyMatch(name -> name.contains("-tls-"));
            assertThat(proxy.server().health().open()).isTrue();
        }
    }

    @Test
    void aDroppedClientIsGoneAtOnce() throws Exception {
        try (RunningProxy proxy = proxy(List.of());
                RawClient client = tls("TLSv1.3", null)) {
            assertThat(client.ask("get none\r\n", "END\r\n")).isEqualTo("END\r\n");

            RunningProxy.await(proxy.server().dropClients());

            assertThat(client.rest()).isEmpty();
            assertThat(proxy.server().health().clients()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void clientsWithoutACertificateOfTheAuthorityAreRefusedWhenOneIsSet(String version) throws Exception {
        try (RunningProxy proxy = proxy(List.of("ca"));
                RawClient client = tls(version, "client")) {
            assertThat(client.ask("get none\r\n", "END\r\n")).isEqualTo("END\r\n");

            assertThatThrownBy(() -> ask(version, null)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> ask(version, "stranger")).isInstanceOf(IOException.class);
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> proxy.server().health().clients() == 1);
        }
    }

    @Test
    void aRenewedCertificateIsShownAfterAReloadAndEarlierClientsStay() throws Exception {
        try (RunningProxy proxy = proxy(List.of());
                RawClient earlier = tls("TLSv1.3", null)) {
            assertThat(earlier.ask("get none\r\n", "END\r\n")).isEqualTo("END\r\n");

            RunningProxy.await(proxy.server().reload(showing("renewed", ServerSecurity.NONE)));

            assertThat(earlier.ask("get none\r\n", "END\r\n")).isEqualTo("END\r\n");
            assertThat(shown()).isEqualTo("CN=renewed");
        }
    }

    /** The certificate is good; the servers, which know no TLS, cannot be connected to in the way that is wanted. */
    @Test
    void aReloadThatIsRefusedShowsNoOtherCertificate() throws Exception {
        ServerSecurity impossible = new ServerSecurity(new ServerTlsConfig(List.of(), null, false), null);
        try (RunningProxy proxy = proxy(List.of())) {
            assertThatThrownBy(() -> RunningProxy.await(proxy.server().reload(showing("renewed", impossible))))
                    .hasRootCauseInstanceOf(IllegalArgumentException.class);

            assertThat(shown()).isEqualTo("CN=proxy");
            RunningProxy.await(proxy.server().reload(showing("renewed", ServerSecurity.NONE)));
            assertThat(shown()).isEqualTo("CN=renewed");
        }
    }

    private ProxyConfig showing(String certificate, ServerSecurity security) {
        return new ProxyConfig(
                listeners(certificate, List.of()),
                new PoolConfig(
                        List.of(memcached.address()), List.of(), Distribution.MODULO, TestTimeouts.PATIENT, security),
                ClientLimits.DEFAULT,
                ClientPolicy.OPEN,
                2,
                TransportChoice.AUTO);
    }

    /** The name in the certificate that a client sees now. */
    private String shown() throws Exception {
        SSLSocket socket = socket("TLSv1.3", null);
        try (RawClient later = RawClient.over(socket, tlsPort)) {
            assertThat(later.ask("get none\r\n", "END\r\n")).isEqualTo("END\r\n");
            return socket.getSession().getPeerPrincipal().toString();
        }
    }

    private void ask(String version, String certificate) throws IOException {
        try (RawClient client = tls(version, certificate)) {
            // in 1.3 a client learns only when it reads that its certificate was refused
            if (client.ask("get none\r\n", "END\r\n").contains("<closed>")) {
                throw new IOException("closed");
            }
        }
    }

    private RunningProxy proxy(List<String> authorities) throws Exception {
        return RunningProxy.listening(
                plainPort, memcached.address(), listeners("proxy", authorities), TransportChoice.AUTO);
    }

    private ListenerConfig listeners(String identity, List<String> authorities) {
        return new ListenerConfig(
                List.of(new ServerAddress("127.0.0.1", plainPort)),
                null,
                new TlsListenerConfig(
                        List.of(new ServerAddress("127.0.0.1", tlsPort)),
                        identity(identity),
                        authorities.stream()
                                .flatMap(name ->
                                        PemFile.certificates("tls-client-ca", certificates.file(name + ".pem"))
                                                .stream())
                                .toList()));
    }

    private static TlsIdentity identity(String name) {
        return TlsIdentity.read(
                "tls-certificate", certificates.file(name + ".pem"), "tls-key", certificates.file(name + ".key"));
    }

    private RawClient tls(String version, String certificate) throws IOException {
        return RawClient.over(socket(version, certificate), tlsPort);
    }

    /** Trusts the authority and shows that certificate, if any. */
    private static SSLSocket socket(String version, String certificate) throws IOException {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(certificates.file("ca.pem").toFile());
        if (certificate != null) {
            TlsIdentity shown = identity(certificate);
            builder.keyManager(shown.key(), shown.chain());
        }
        SSLSocket socket = (SSLSocket)
                ((JdkSslContext) builder.build()).context().getSocketFactory().createSocket();
        socket.setEnabledProtocols(new String[] {version});
        return socket;
    }

    private static SSLSocketFactory factory() throws IOException {
        return ((JdkSslContext) SslContextBuilder.forClient()
                        .sslProvider(SslProvider.JDK)
                        .trustManager(certificates.file("ca.pem").toFile())
                        .build())
                .context()
                .getSocketFactory();
    }

    private static int freePort() {
        try {
            return RunningProxy.freePort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
