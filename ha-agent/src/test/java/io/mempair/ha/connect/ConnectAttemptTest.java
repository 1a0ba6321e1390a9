package io.mempair.ha.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.time.SystemClock;
import io.netty.channel.ConnectTimeoutException;
import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ConnectAttemptTest {

    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Duration LIMIT = Duration.ofMillis(500);

    @ParameterizedTest
    @ValueSource(strings = {"Connection refused", "Verbindungsaufbau abgelehnt", "接続を拒否されました", ""})
    void aRefusalIsOneWhateverItsText(String text) {
        assertThat(ConnectAttempt.isRefusal(new ConnectException(text), SOON_NANOS))
                .isTrue();
    }

    @Test
    void aRefusalWithoutAnyTextIsOne() {
        assertThat(ConnectAttempt.isRefusal(new ConnectException(), SOON_NANOS)).isTrue();
    }

    @Test
    void noOtherFailureIsARefusalWhateverItsText() {
        for (Throwable failure : new Throwable[] {
            new NoRouteToHostException("Connection refused"),
            new SocketTimeoutException("Connection refused"),
            new ConnectTimeoutException("Connection refused"),
            new SocketException("Connection refused"),
            new IOException("Connection refused")
        }) {
            assertThat(ConnectAttempt.isRefusal(failure, SOON_NANOS))
                    .as(failure.toString())
                    .isFalse();
        }
    }

    /** As after a pause of this process, while which the kernel gave up: Java throws the same type for it. */
    @Test
    void aFailureThatTookAsLongAsTheKernelWaitsIsNoRefusal() {
        assertThat(ConnectAttempt.isRefusal(new ConnectException("Connection timed out"), TimeUnit.SECONDS.toNanos(1)))
                .isFalse();
    }

    @Test
    void aPortThatIsOpenIsAcceptedAndOneThatIsClosedIsRefused() throws IOException {
        InetSocketAddress address;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = (InetSocketAddress) server.getLocalSocketAddress();
            assertThat(connect(address)).isEqualTo(ConnectAttempt.ConnectOutcome.ACCEPTED);
        }
        assertThat(connect(address)).isEqualTo(ConnectAttempt.ConnectOutcome.REFUSED);
    }

    private static ConnectAttempt.ConnectOutcome connect(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket()) {
            return ConnectAttempt.connect(socket, address, LIMIT, new SystemClock());
        }
    }

    /** With the catalogues of the C library (Debian's {@code libc-l10n}) the failure is told in German. */
    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void aClosedPortIsRefusedUnderEveryLocale(String locale) throws Exception {
        ProcessBuilder java = new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName())
                .redirectErrorStream(true);
        java.environment().putAll(Map.of("LC_ALL", locale, "LANGUAGE", "de"));
        Process process = java.start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(said.strip()).isEqualTo("REFUSED");
        } finally {
            process.destroyForcibly();
        }
    }

    /** Prints what came of connecting to a port that nobody listens on. */
    static final class Main {

        private Main() {}

        public static void main(String[] args) throws IOException {
            InetSocketAddress closed;
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                closed = (InetSocketAddress) server.getLocalSocketAddress();
            }
            System.out.println(connect(closed));
        }
    }
}
