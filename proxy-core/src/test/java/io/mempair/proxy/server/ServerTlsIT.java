package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.Login;
import io.mempair.proxy.config.PemFile;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.config.ServerTlsConfig;
import io.mempair.proxy.config.TlsIdentity;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** TLS towards memcached with {@code -Z}. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class ServerTlsIT {

    @TempDir
    private static Path folder;

    private static TestCertificates certificates;

    @BeforeAll
    static void makeCertificates() throws IOException {
        certificates = new TestCertificates(folder);
        certificates.authority("ca");
        certificates.authority("other-ca");
        certificates.signed("server", "ca", "IP:127.0.0.1");
        certificates.signed("elsewhere", "ca", "DNS:elsewhere");
        certificates.signed("proxy", "ca", "DNS:proxy");
    }

    @Test
    void aServerWithTlsAndALoginIsUsed() throws Exception {
        Path users = Files.writeString(folder.resolve("users"), "alice:secret\n");
        ServerSecurity security = new ServerSecurity(tls("ca", null, true), new Login("alice", "secret"));
        try (Memcached server = memcached("server", "-Y", users.toString());
                RunningProxy proxy = RunningProxy.secured(server.address(), ClientPolicy.OPEN, security);
                RawClient client = proxy.client()) {
            awaitUp(proxy);
            String value = "x".repeat(900_000);
            client.send("set big 0 0 900000\r\n" + value + "\r\nget big\r\n");

            assertThat(client.line()).isEqualTo("STORED");
            assertThat(client.line()).isEqualTo("VALUE big 0 900000");
            assertThat(client.line()).isEqualTo(value);
        }
    }

    /** memcached 1.6.18 hangs when the next request is in the TLS record in which a large value ends. */
    @Test
    void requestsBehindLargeValuesAreAnsweredAtOnce() throws Exception {
        try (Memcached server = memcached("server");
                RunningProxy proxy = RunningProxy.secured(
                        server.address(), ClientPolicy.OPEN, new ServerSecurity(tls("ca", null, true), null));
                RawClient client = proxy.client()) {
            awaitUp(proxy);
            Random random = new Random(7);
            String manyKeys = "get" + " none".repeat(8_000) + "\r\n";
            for (int round = 0; round < 15; round++) {
                StringBuilder request = new StringBuilder();
                StringBuilder expected = new StringBuilder();
                for (int i = 0; i < 30; i++) {
                    int bytes = random.nextInt(3) == 0 ? random.nextInt(60_000) : random.nextInt(3_000);
                    request.append("set k" + i + " 0 0 " + bytes + "\r\n" + "x".repeat(bytes) + "\r\nget none\r\n");
                    expected.append("STORED\r\nEND\r\n");
                }
                request.append(manyKeys);
                expected.append("END\r\n");
                assertThat(client.ask(request.toString(), expected.toString())).isEqualTo(expected.toString());
            }
        }
    }

    @Test
    void aServerThatReturnsIsConnectedAgain() throws Exception {
        try (Memcached server = memcached("server");
                RunningProxy proxy = RunningProxy.secured(
                        server.address(), ClientPolicy.OPEN, new ServerSecurity(tls("ca", null, true), null))) {
            awaitUp(proxy);
            server.kill();
            await().atMost(Duration.ofSeconds(5)).until(() -> !isUp(proxy));
            server.start();
            awaitUp(proxy);
        }
    }

    @Test
    void aServerThatAsksForACertificateGetsOurs() throws Exception {
        try (Memcached server =
                        memcached("server", "-o", "ssl_verify_mode=2,ssl_ca_cert=" + certificates.file("ca.pem"));
                RunningProxy proxy = RunningProxy.secured(
                        server.address(), ClientPolicy.OPEN, new ServerSecurity(tls("ca", "proxy", true), null));
                RunningProxy nameless = RunningProxy.secured(
                        server.address(), ClientPolicy.OPEN, new ServerSecurity(tls("ca", null, true), null))) {
            awaitUp(proxy);
            assertIsNotUsed(nameless);
        }
    }

    @Test
    void aServerOfAnotherAuthorityIsNotUsed() throws Exception {
        try (Memcached server = memcached("server");
                RunningProxy proxy = RunningProxy.secured(
                        server.address(), ClientPolicy.OPEN, new ServerSecurity(tls("other-ca", null, true), null))) {
            assertIsNotUsed(proxy);
        }
    }

    @Test
    void aServerWithACertificateForAnotherHostIsUsedOnlyIfTheNameIsNotVerified() throws Exception {
        try (Memcached server = memcached("elsewhere");
                RunningProxy strict = RunningProxy.secured(
                        server.address(), ClientPolicy.OPEN, new ServerSecurity(tls("ca", null, true), null));
                RunningProxy lenient = RunningProxy.secured(
                        server.address(), ClientPolicy.OPEN, new ServerSecurity(tls("ca", null, false), null))) {
            awaitUp(lenient);
            assertIsNotUsed(strict);
        }
    }

    @Test
    void aServerWithoutTlsIsNotUsed() throws Exception {
        try (Memcached server = Memcached.started();
                RunningProxy proxy = RunningProxy.secured(
                        server.address(), ClientPolicy.OPEN, new ServerSecurity(tls("ca", null, true), null))) {
            assertIsNotUsed(proxy);
        }
    }

    private static void assertIsNotUsed(RunningProxy proxy) throws IOException {
        try (RawClient client = proxy.client()) {
            assertThat(client.send("get a\r\n").line()).isEqualTo("SERVER_ERROR server unavailable");
        }
        assertThat(isUp(proxy)).isFalse();
    }

    private static void awaitUp(RunningProxy proxy) {
        await().atMost(Duration.ofSeconds(10)).until(() -> isUp(proxy));
    }

    private static boolean isUp(RunningProxy proxy) {
        return proxy.server().health().servers().get(0).up();
    }

    private static Memcached memcached(String name, String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of(
                "-Z",
                "-o",
                "ssl_chain_cert=" + certificates.file(name + ".pem") + ",ssl_key=" + certificates.file(name + ".key")));
        options.addAll(List.of(more));
        return Memcached.started(options.toArray(String[]::new));
    }

    private static ServerTlsConfig tls(String authority, String identity, boolean verifyName) {
        List<X509Certificate> authorities =
                PemFile.certificates("server-tls-ca", certificates.file(authority + ".pem"));
        TlsIdentity shown = identity == null
                ? null
                : TlsIdentity.read(
                        "server-tls-certificate",
                        certificates.file(identity + ".pem"),
                        "server-tls-key",
                        certificates.file(identity + ".key"));
        return new ServerTlsConfig(authorities, shown, verifyName);
    }
}
