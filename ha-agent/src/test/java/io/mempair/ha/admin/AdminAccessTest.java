package io.mempair.ha.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.ha.certificate.Certificates;
import io.mempair.ha.config.AdminSecurity;
import io.mempair.proxy.config.Login;
import io.mempair.proxy.config.TlsIdentity;
import io.mempair.proxy.config.Users;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP face with a login, and by TLS. */
@Timeout(60)
class AdminAccessTest {

    private static final Users USERS = new Users(List.of(new Login("ops", "se:cret"), new Login("prom", "x")));
    private static final Instant NOW = Instant.now();
    private static final TlsIdentity AUTHORITY =
            Certificates.authority("ca", NOW.minusSeconds(60), NOW.plus(Duration.ofDays(1)));

    private final FakeNode node = new FakeNode();

    private static TlsIdentity identity(String name) {
        return Certificates.node(name, AUTHORITY, NOW.minusSeconds(60), NOW.plus(Duration.ofDays(1)));
    }

    private AdminServer open(AdminSecurity security) throws IOException {
        return AdminServer.start(
                node, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, AdminAccess.of(security));
    }

    private static HttpResponse<String> ask(
            HttpClient client, AdminServer server, String method, String path, String login) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.httpAddress().getPort() + path))
                .method(method, BodyPublishers.noBody());
        if (login != null) {
            request.header("Authorization", login);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(AdminServer server, String path, String login) throws Exception {
        return ask(HttpClient.newHttpClient(), server, "GET", path, login);
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/status", "/metrics", "/history", "/about", "/page.js", "/nothing"})
    void whoHasNoLoginReadsNothing(String path) throws Exception {
        try (AdminServer server = open(new AdminSecurity(null, USERS))) {
            HttpResponse<String> refusal = get(server, path, null);

            assertThat(refusal.statusCode()).isEqualTo(401);
            assertThat(refusal.headers().firstValue("www-authenticate")).contains("Basic realm=\"mempair\"");
            assertThat(refusal.body()).isEqualTo("log in first\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ops:wrong",
                "ops:",
                "ops",
                ":se:cret",
                "nobody:se:cret",
                "ops:se:cret ",
                "ops:se",
                "prom:se:cret"
            })
    void aWrongPasswordIsNone(String pair) throws Exception {
        try (AdminServer server = open(new AdminSecurity(null, USERS))) {
            assertThat(get(server, "/status", basic(pair)).statusCode()).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Basic", "Basic ", "Basic !!!", "Bearer abc", "Digest username=ops", "basic b3BzOnNlOmNyZXQ"})
    void whatIsNoBasicLoginIsRefusedUnlessItIsOneAllTheSame(String header) throws Exception {
        try (AdminServer server = open(new AdminSecurity(null, USERS))) {
            assertThat(get(server, "/status", header).statusCode())
                    .isEqualTo(header.startsWith("basic b3Bz") ? 200 : 401);
        }
    }

    @Test
    void eachUserOfTheFileReadsEverything() throws Exception {
        try (AdminServer server = open(new AdminSecurity(null, USERS))) {
            for (String pair : List.of("ops:se:cret", "prom:x")) {
                assertThat(get(server, "/status", basic(pair)).body()).startsWith("{\"name\":\"a\"");
                assertThat(get(server, "/metrics", basic(pair)).body()).contains("mempair_");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS"})
    void aLoadBalancerNeedsNoLoginAndIsNotToldWhy(String method) throws Exception {
        try (AdminServer server = open(new AdminSecurity(null, USERS))) {
            HttpClient client = HttpClient.newHttpClient();
            HttpResponse<String> ready = ask(client, server, method, "/health/ready", null);
            HttpResponse<String> active = ask(client, server, method, "/health/active", null);

            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(active.statusCode()).isEqualTo(503);
            assertThat(active.body()).isEqualTo(method.equals("GET") ? "not good\n" : "");
            assertThat(get(server, "/health/active", basic("prom:x")).body()).contains("standby");
        }
    }

    @Test
    void byTlsTheCertificateIsShownAndAReloadShowsAnother() throws Exception {
        try (AdminServer server = open(new AdminSecurity(identity("first"), USERS))) {
            assertThat(byTls(server, basic("prom:x"))).isEqualTo("CN=first HTTP/1.1 200 OK");
            assertThat(byTls(server, basic("prom:y"))).isEqualTo("CN=first HTTP/1.1 401 Unauthorized");

            server.admit(AdminAccess.of(new AdminSecurity(identity("second"), null)));

            assertThat(byTls(server, "none"))
                    .as("and nobody has to log in any more")
                    .isEqualTo("CN=second HTTP/1.1 200 OK");
        }
    }

    @Test
    void aClientThatSpeaksNoTlsIsClosedAndTheNextIsServed() throws Exception {
        try (AdminServer server = open(new AdminSecurity(identity("a"), null))) {
            try (Socket plain = new Socket(
                    InetAddress.getLoopbackAddress(), server.httpAddress().getPort())) {
                plain.setSoTimeout(20_000);
                plain.getOutputStream().write("GET /status HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(plain.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                        .doesNotContain("HTTP/1");
            }
            assertThat(byTls(server, "none")).isEqualTo("CN=a HTTP/1.1 200 OK");
        }
    }

    @Test
    void noTextHasAPassword() {
        AdminSecurity security = new AdminSecurity(identity("a"), USERS);

        assertThat(security.toString() + AdminAccess.of(security)).doesNotContain("cret");
        assertThatThrownBy(() -> new Login("ops", "with space")).message().doesNotContain("with space");
    }

    /** The certificate that is shown, and the status of {@code /status}. */
    private static String byTls(AdminServer server, String login) throws Exception {
        try (SSLSocket socket = (SSLSocket) trusting()
                .getSocketFactory()
                .createSocket(
                        InetAddress.getLoopbackAddress(), server.httpAddress().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET /status HTTP/1.0\r\nAuthorization: " + login + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return socket.getSession().getPeerPrincipal().getName()
                    + ' '
                    + answer.lines().findFirst().orElse("");
        }
    }

    /** Certificates of the authority. */
    private static SSLContext trusting() throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("ca", AUTHORITY.chain().get(0));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
