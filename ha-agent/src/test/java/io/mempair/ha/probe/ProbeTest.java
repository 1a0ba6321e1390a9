package io.mempair.ha.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.time.SystemClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class ProbeTest {

    private static final Duration PERIOD = Duration.ofMillis(5);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "END\\r\\n                          | ANSWERED",
                "VALUE k 0 1\\r\\nx\\r\\nEND\\r\\n  | ANSWERED",
                "SERVER_ERROR out of luck\u001b[31m\\r\\n | ERROR",
                "EN                                 | RESET",
                "hang                               | TIMEOUT"
            })
    void eachAnswerCountsAsWhatItIs(String script, ProbeOutcome expected) throws IOException {
        try (var server = new OneAnswerServer(script.replace("\\r\\n", "\r\n"));
                var probe = new Probe("127.0.0.1", server.port(), "k", PERIOD, new SystemClock(), () -> {})) {
            probe.start();

            await().atMost(Duration.ofSeconds(10)).until(() -> probe.summary().count(expected) > 2);

            ProbeSummary summary = probe.summary();
            assertThat(summary.total()).isEqualTo(summary.count(expected));
            assertThat(summary.lastError())
                    .isEqualTo(expected == ProbeOutcome.ERROR ? "SERVER_ERROR out of luck?[31m" : null);
        }
    }

    @Test
    void aPortNobodyListensOnIsRefused() throws IOException {
        int port;
        try (var closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        try (var probe = new Probe("127.0.0.1", port, "k", PERIOD, new SystemClock(), () -> {})) {
            probe.start();

            await().atMost(Duration.ofSeconds(10)).until(() -> probe.summary().count(ProbeOutcome.REFUSED) > 2);
        }
    }

    @Test
    void theFirstAnswerIsToldOnce() throws IOException {
        var told = new AtomicInteger();
        try (var server = new OneAnswerServer("END\r\n");
                var probe =
                        new Probe("127.0.0.1", server.port(), "k", PERIOD, new SystemClock(), told::incrementAndGet)) {
            probe.start();

            await().atMost(Duration.ofSeconds(10)).until(() -> probe.summary().count(ProbeOutcome.ANSWERED) > 2);

            assertThat(told).hasValue(1);
        }
    }

    /** Answers every request with the same bytes and closes; {@code hang} never answers. */
    private static final class OneAnswerServer implements AutoCloseable {

        private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        /** A socket nobody refers to is closed by the collector, and a hang would end as a reset. */
        private final Queue<Socket> hanging = new ConcurrentLinkedQueue<>();

        OneAnswerServer(String script) throws IOException {
            var thread = new Thread(() -> serve(script), "one-answer-server");
            thread.setDaemon(true);
            thread.start();
        }

        private void serve(String script) {
            while (!listener.isClosed()) {
                try {
                    Socket client = listener.accept();
                    if (script.equals("hang")) {
                        hanging.add(client);
                    } else {
                        client.getInputStream().read(new byte["get k\r\n".length()]);
                        client.getOutputStream().write(script.getBytes(StandardCharsets.US_ASCII));
                        client.close();
                    }
                } catch (IOException e) {
                    // the probe went away first, or the test is over
                }
            }
        }

        int port() {
            return listener.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            listener.close();
            for (Socket client : hanging) {
                client.close();
            }
        }
    }
}
