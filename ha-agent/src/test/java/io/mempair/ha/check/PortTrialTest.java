package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.proxy.config.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real sockets of this host. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class PortTrialTest {

    private static final String VIRTUAL = "10.91.0.100";

    private final AtomicBoolean open = new AtomicBoolean();

    private PortTrial trial(ServerAddress... listen) {
        return new PortTrial(
                List.of(listen),
                new VirtualAddressConfig(VIRTUAL, 24, "eth0"),
                open::get,
                new ListeningSockets(Path.of("/proc/net")));
    }

    private static ServerSocket listenOn(String host) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.bind(new InetSocketAddress(host, 0));
        return socket;
    }

    @Test
    void aPortThatIsFreeIsNoProblem() throws IOException {
        int port;
        try (ServerSocket closed = listenOn("127.0.0.1")) {
            port = closed.getLocalPort();
        }

        assertThat(trial(new ServerAddress(VIRTUAL, port)).look()).isEmpty();
        assertThat(trial(new ServerAddress("0.0.0.0", port)).look()).isEmpty();
    }

    @Test
    void aProcessThatListensOnEveryAddressIsInTheWayOfTheVirtualOne() throws IOException {
        try (ServerSocket other = listenOn("0.0.0.0")) {
            int port = other.getLocalPort();

            assertThat(trial(new ServerAddress(VIRTUAL, port)).look())
                    .singleElement()
                    .asString()
                    .startsWith("proxy.listen: " + VIRTUAL + ':' + port + " cannot be opened")
                    .contains(":" + port + ": see which with `ss -ltnp`");
        }
    }

    @Test
    void aProcessOnAnotherAddressIsNotInTheWayOfTheVirtualOne() throws IOException {
        try (ServerSocket other = listenOn("127.0.0.1")) {
            assertThat(trial(new ServerAddress(VIRTUAL, other.getLocalPort())).look())
                    .isEmpty();
        }
    }

    @Test
    void aProcessOnOneAddressIsInTheWayOfOneThatWantsAll() throws IOException {
        try (ServerSocket other = listenOn("127.0.0.1")) {
            int port = other.getLocalPort();

            assertThat(trial(new ServerAddress("0.0.0.0", port)).look())
                    .singleElement()
                    .asString()
                    .contains("listens on 127.0.0.1:" + port);
        }
    }

    @Test
    void thePortsOfThisProcessAreNotInItsWay() throws IOException {
        try (ServerSocket own = listenOn("0.0.0.0")) {
            open.set(true);

            assertThat(trial(new ServerAddress(VIRTUAL, own.getLocalPort())).look())
                    .isEmpty();
        }
    }

    @Test
    void afterTheFirstLookOnlyWhatIsFoundTwiceIsTold() throws IOException {
        PortTrial trial;
        try (ServerSocket other = listenOn("0.0.0.0")) {
            trial = trial(new ServerAddress(VIRTUAL, other.getLocalPort()));
            open.set(true);
            trial.look();
            open.set(false);

            assertThat(trial.look()).isEmpty();
            assertThat(trial.look()).hasSize(1);
        }
        trial.look();
        assertThat(trial.look()).isEmpty();
    }

    @Test
    void aListenerOnEveryIpv4AddressIsNotInTheWayOfAnIpv6Address() throws IOException {
        ListeningSockets sockets = new ListeningSockets(Path.of("/proc/net"));
        try (ServerSocket other = new ServerSocket()) {
            other.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));

            assertThat(sockets.inTheWay(InetAddress.getByName("fd00::64"), other.getLocalPort()))
                    .isNull();
        }
    }
}
