package io.mempair.proxy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The cable that other tests cut. */
@Timeout(60)
class WireTest {

    private static final int SILENCE_MILLIS = 300;

    private Memcached memcached;
    private Wire wire;

    @BeforeEach
    void lay() throws Exception {
        memcached = Memcached.started();
        wire = Wire.to(memcached);
    }

    @AfterEach
    void remove() {
        wire.close();
        memcached.close();
    }

    @Test
    void passesLargeValuesBothWays() throws Exception {
        String value = "v".repeat(900_000);
        try (TextClient client = TextClient.connect(wire.address().port())) {
            assertThat(client.ask(TextClient.storage("set", "k", 7, 0, value))).isEqualTo("STORED");
            assertThat(client.retrieve("get k").items()).containsExactly(new TextClient.TextItem("k", 7, value, 0));
        }
    }

    @Test
    void aCutIsSilentUntilItIsHealedAndThenNothingIsLost() throws Exception {
        try (Socket socket = connected()) {
            wire.cut();
            send(socket, "set k 0 0 1\r\nx\r\n");
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThatThrownBy(this::connected).isInstanceOf(SocketTimeoutException.class);
            assertThat(Copies.of(memcached, List.of("k"))).isEmpty();

            wire.heal();

            socket.setSoTimeout(10_000);
            assertThat(new String(socket.getInputStream().readNBytes(8), StandardCharsets.ISO_8859_1))
                    .isEqualTo("STORED\r\n");
            await().atMost(Duration.ofSeconds(10))
                    .ignoreExceptions()
                    .untilAsserted(() -> connected().close());
        }
    }

    @Test
    void whatASenderClosedInOrderArrivesLate() throws Exception {
        Socket socket = connected();
        wire.cut();
        send(socket, "set k 0 0 1\r\nx\r\n");
        socket.close();

        wire.heal();

        await().atMost(Duration.ofSeconds(10))
                .until(() -> Copies.of(memcached, List.of("k")).size() == 1);
    }

    @Test
    void whatASenderThatResetHadSentIsForgotten() throws Exception {
        Socket socket = connected();
        wire.cut();
        send(socket, "set k 0 0 1\r\nx\r\n");
        socket.setSoLinger(true, 0);
        socket.close();

        wire.heal();

        try (TextClient later = TextClient.connect(wire.address().port())) {
            assertThat(later.ask("set other 0 0 1\r\nx\r\n")).isEqualTo("STORED");
            assertThat(later.retrieve("get k").items()).isEmpty();
        }
    }

    @Test
    void aKilledServerEndsItsConnections() throws Exception {
        try (Socket socket = connected()) {
            memcached.kill();

            socket.setSoTimeout(10_000);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aFrozenServerIsSilentAndAnswersWhenItIsThawed() throws Exception {
        try (Socket socket = connected()) {
            memcached.freeze();
            send(socket, "version\r\n");
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

            memcached.thaw();

            socket.setSoTimeout(10_000);
            assertThat(socket.getInputStream().read()).isEqualTo('V');
        }
    }

    @Test
    void answersCanBeDelayed() throws Exception {
        wire.delayAnswers(Duration.ofMillis(400));
        try (TextClient client = TextClient.connect(wire.address().port())) {
            long startNanos = System.nanoTime();
            assertThat(client.ask("version\r\n")).startsWith("VERSION");
            assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isGreaterThanOrEqualTo(Duration.ofMillis(400));
        }
    }

    /** A connection to the near end that memcached has greeted, so that it is known to be there. */
    private Socket connected() throws Exception {
        Socket socket = new Socket();
        try {
            socket.connect(
                    new InetSocketAddress(
                            InetAddress.getLoopbackAddress(), wire.address().port()),
                    SILENCE_MILLIS);
            socket.setSoTimeout(SILENCE_MILLIS);
            send(socket, "mn\r\n");
            assertThat(socket.getInputStream().readNBytes(4)).isEqualTo("MN\r\n".getBytes(StandardCharsets.ISO_8859_1));
            return socket;
        } catch (Exception | AssertionError e) {
            socket.close();
            throw e;
        }
    }

    private static void send(Socket socket, String text) throws Exception {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
