package io.mempair.ha.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.certificate.Certificates;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.TlsIdentity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WriteProbeTest {

    @Test
    void whatWasAcknowledgedAndIsThereIsNotLost() throws Exception {
        try (var server = new ForgetfulServer(Integer.MAX_VALUE, Integer.MAX_VALUE);
                var probe = probe(server)) {
            WriteSummary summary = afterWrites(probe, 20);

            assertThat(summary.acknowledged()).isGreaterThanOrEqualTo(20);
            assertThat(summary.lost()).isZero();
            assertThat(summary.failed()).isZero();
            assertThat(summary.connections()).isEqualTo(1);
            assertThat(server.items).as("it cleans up").isEmpty();
        }
    }

    @Test
    void whatAServerForgotIsLost() throws Exception {
        try (var server = new ForgetfulServer(7, Integer.MAX_VALUE);
                var probe = probe(server)) {
            WriteSummary summary = afterWrites(probe, 20);

            assertThat(summary.lost()).isEqualTo(summary.acknowledged() / 7);
        }
    }

    @Test
    void aLostConnectionCostsItsOwnWriteOnly() throws Exception {
        try (var server = new ForgetfulServer(Integer.MAX_VALUE, 8);
                var probe = probe(server)) {
            WriteSummary summary = afterWrites(probe, 20);

            assertThat(summary.lost()).isZero();
            assertThat(summary.failed()).isGreaterThanOrEqualTo(2);
            assertThat(summary.connections()).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void bothProbesAskAPortWithTlsWhateverItsCertificate() throws Exception {
        TlsIdentity authority =
                Certificates.authority("ca", Instant.EPOCH, Instant.now().plusSeconds(600));
        TlsIdentity identity = Certificates.node(
                "elsewhere", authority, Instant.EPOCH, Instant.now().plusSeconds(600));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("key", identity.key(), new char[0], identity.chain().toArray(Certificate[]::new));
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, new char[0]);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        ServerSocket socket = tls.getServerSocketFactory().createServerSocket(0, 16, InetAddress.getLoopbackAddress());

        try (var server = new ForgetfulServer(socket, Integer.MAX_VALUE, Integer.MAX_VALUE)) {
            ProbeTarget target = server.target(true);
            try (var writes = new WriteProbe(target, 42, Duration.ofMillis(1), new SystemClock())) {
                WriteSummary summary = afterWrites(writes, 5);
                assertThat(summary.lost()).isZero();
                assertThat(summary.connections()).isEqualTo(1);
            }
            try (var reads = new Probe(target, "k", Duration.ofMillis(50), new SystemClock(), () -> {})) {
                reads.start();
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> reads.summary().count(ProbeOutcome.ANSWERED) > 0);
            }
        }
    }

    private static WriteProbe probe(ForgetfulServer server) {
        return new WriteProbe(server.target(false), 42, Duration.ofMillis(1), new SystemClock());
    }

    private static WriteSummary afterWrites(WriteProbe probe, int writes) throws InterruptedException {
        probe.start();
        await().atMost(Duration.ofSeconds(20)).until(() -> probe.acknowledged() >= writes);
        return probe.finish();
    }

    /** Acknowledges every write, keeps all but every nth, and closes a connection instead of the answer to its mth. */
    private static final class ForgetfulServer implements AutoCloseable {

        final Map<String, String> items = new ConcurrentHashMap<>();
        private final ServerSocket socket;
        private final int forgets;
        private final int closes;
        private int writes;

        ForgetfulServer(int forgets, int closes) throws IOException {
            this(new ServerSocket(0, 16, InetAddress.getLoopbackAddress()), forgets, closes);
        }

        ForgetfulServer(ServerSocket socket, int forgets, int closes) {
            this.socket = socket;
            this.forgets = forgets;
            this.closes = closes;
            Thread acceptor = new Thread(this::acceptAll, "forgetful");
            acceptor.setDaemon(true);
            acceptor.start();
        }

        ProbeTarget target(boolean tls) {
            return new ProbeTarget("127.0.0.1", socket.getLocalPort(), tls);
        }

        private void acceptAll() {
            while (!socket.isClosed()) {
                try (Socket client = socket.accept()) {
                    serve(client);
                } catch (IOException e) {
                    // the next one
                }
            }
        }

        private void serve(Socket client) throws IOException {
            var in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            int writesHere = 0;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ");
                if (words[0].equals("set")) {
                    String value = in.readLine();
                    if (++writesHere == closes) {
                        return;
                    }
                    if (++writes % forgets != 0) {
                        items.put(words[1], value);
                    }
                }
                client.getOutputStream().write(answer(words).getBytes(StandardCharsets.US_ASCII));
            }
        }

        private String answer(String[] words) {
            String value = items.get(words[1]);
            return switch (words[0]) {
                case "set" -> "STORED\r\n";
                case "delete" -> items.remove(words[1]) == null ? "NOT_FOUND\r\n" : "DELETED\r\n";
                default ->
                    (value == null ? "" : "VALUE " + words[1] + " 0 " + value.length() + "\r\n" + value + "\r\n")
                            + "END\r\n";
            };
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
