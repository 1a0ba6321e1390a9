package io.mempair.ha.group.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.certificate.Certificates;
import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.config.GroupSecurity;
import io.mempair.ha.config.Profile;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.TlsIdentity;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.jgroups.stack.IpAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two ends on loopback: 127.0.0.1 listens, 127.0.0.2 is its peer, 127.0.0.3 nobody. */
@Timeout(30)
class ChannelSocketsTest {

    private static final String NODE = "127.0.0.1";
    private static final String PEER = "127.0.0.2";
    private static final String STRANGER = "127.0.0.3";
    private static final int PEER_PORT = 7_800;
    private static final Instant FROM = Instant.parse("2020-01-01T00:00:00Z");
    private static final Instant UNTIL = Instant.parse("2100-01-01T00:00:00Z");
    private static final TlsIdentity AUTHORITY = Certificates.authority("pair", FROM, UNTIL);

    private final List<ChannelSockets> made = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<InetAddress> lost = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();
    private @Nullable ChannelSockets node;

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        made.forEach(ChannelSockets::close);
    }

    private static GroupSecurity certificates(TlsIdentity authority) {
        return new GroupSecurity.Tls(Certificates.node("n", authority, FROM, UNTIL), authority.chain());
    }

    private static GroupSecurity key(String key) {
        return new GroupSecurity.SharedKey(new SecretKeySpec(key.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
    }

    private static InetAddress address(String literal) throws IOException {
        return InetAddress.getAllByName(literal)[0];
    }

    static Stream<GroupSecurity> securities() {
        return Stream.of(new GroupSecurity.None(), certificates(AUTHORITY), key("sixteen bytes or more"));
    }

    /** What knocks at a node of the security, and must not come in. */
    static Stream<List<GroupSecurity>> mismatches() {
        GroupSecurity none = new GroupSecurity.None();
        GroupSecurity tls = certificates(AUTHORITY);
        GroupSecurity key = key("sixteen bytes or more");
        return Stream.of(
                List.of(tls, none),
                List.of(tls, key),
                List.of(tls, certificates(Certificates.authority("pair", FROM, UNTIL))),
                List.of(key, none),
                List.of(key, tls),
                List.of(key, key("sixteen bytes of another")),
                List.of(none, key),
                List.of(none, tls));
    }

    private ChannelSockets sockets(GroupSecurity security, String peer, int peerPort) {
        ChannelSockets sockets = new ChannelSockets(
                new GroupConfig(NODE, 7_800, List.of(new ServerAddress(peer, peerPort)), Profile.DEFAULT, security),
                new SystemClock(),
                lost::add);
        made.add(sockets);
        return sockets;
    }

    private InetSocketAddress listen(GroupSecurity security) throws IOException {
        ChannelSockets listening = sockets(security, PEER, PEER_PORT);
        ServerSocket socket = listening.createServerSocket("jgroups.tcp.server");
        socket.bind(new InetSocketAddress(address(NODE), 0));
        open.add(socket);
        Thread thread = new Thread(
                () -> {
                    try {
                        while (true) {
                            accepted.add(socket.accept());
                        }
                    } catch (IOException e) {
                        accepted.clear();
                    }
                },
                "accepts");
        thread.setDaemon(true);
        thread.start();
        node = listening;
        return new InetSocketAddress(address(NODE), socket.getLocalPort());
    }

    /** A connection as JGroups makes it; {@code says} is where it claims to listen. */
    private Socket connect(GroupSecurity security, InetSocketAddress to, String from, String says) throws IOException {
        Socket socket = sockets(security, NODE, to.getPort()).createSocket("jgroups.tcp.sock");
        open.add(socket);
        socket.bind(new InetSocketAddress(address(from), 0));
        socket.connect(to, 500);
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        IpAddress place = new IpAddress(address(says), PEER_PORT);
        out.write("bela".getBytes(StandardCharsets.US_ASCII));
        out.writeShort(0);
        out.writeShort(place.serializedSize());
        place.writeTo(out);
        out.flush();
        return socket;
    }

    private Socket raw(InetSocketAddress to, String from) throws IOException {
        Socket socket = new Socket();
        open.add(socket);
        socket.bind(new InetSocketAddress(address(from), 0));
        socket.connect(to, 1_000);
        return socket;
    }

    private Socket nextAccepted() throws InterruptedException {
        Socket next = accepted.poll(10, TimeUnit.SECONDS);
        assertThat(next).as("a connection").isNotNull();
        return next;
    }

    @ParameterizedTest
    @MethodSource("securities")
    void whatAPeerSaysArrivesAndSoDoesTheAnswer(GroupSecurity security) throws Exception {
        Socket peer = connect(security, listen(security), PEER, PEER);
        Socket here = nextAccepted();

        assertThat(here.getInputStream().readNBytes(4)).isEqualTo("bela".getBytes(StandardCharsets.US_ASCII));
        here.getInputStream().readNBytes(4 + 7);
        peer.getOutputStream().write(new byte[100_000]);
        assertThat(here.getInputStream().readNBytes(100_000)).hasSize(100_000);
        here.getOutputStream().write(7);
        assertThat(peer.getInputStream().read()).isEqualTo(7);
    }

    @ParameterizedTest
    @MethodSource("mismatches")
    void nobodyWithoutTheSecretIsLetIn(List<GroupSecurity> hereAndThere) throws Exception {
        InetSocketAddress to = listen(hereAndThere.get(0));

        try {
            Socket stranger = connect(hereAndThere.get(1), to, PEER, PEER);
            stranger.setSoTimeout(5_000);
            assertThat(stranger.getInputStream().read()).as("closed").isEqualTo(-1);
        } catch (IOException refused) {
            assertThat(refused).hasMessageNotContaining("within");
        }

        await().atMost(5, TimeUnit.SECONDS).until(() -> node.refused() == 1);
        assertThat(accepted).isEmpty();
    }

    @Test
    void whyAPeerIsRefusedIsKeptUntilItIsLetIn() throws Exception {
        GroupSecurity pair = key("sixteen bytes or more");
        ServerAddress peer = new ServerAddress(PEER, PEER_PORT);
        InetSocketAddress to = listen(pair);
        assertThat(node.problemWith(peer)).isNull();

        assertThatThrownBy(() -> {
                    Socket other = connect(key("sixteen bytes of another"), to, PEER, PEER);
                    other.getInputStream().read();
                    throw new IOException("closed");
                })
                .isInstanceOf(IOException.class);
        await().atMost(5, TimeUnit.SECONDS).until(() -> node.problemWith(peer) != null);
        assertThat(node.problemWith(peer)).startsWith("refused a connection from there: it has another key");

        connect(pair, to, PEER, PEER);
        nextAccepted();
        await().atMost(5, TimeUnit.SECONDS).until(() -> node.problemWith(peer) == null);
    }

    /** A peer that is down is not one that has another secret. */
    @Test
    void aPeerThatIsNotThereIsNotReached() throws Exception {
        int closed;
        try (ServerSocket free = new ServerSocket(0, 1, address(PEER))) {
            closed = free.getLocalPort();
        }
        ChannelSockets here = sockets(key("sixteen bytes or more"), PEER, closed);
        try (Socket socket = here.createSocket("jgroups.tcp.sock")) {
            assertThatThrownBy(() -> socket.connect(new InetSocketAddress(address(PEER), closed), 500))
                    .isInstanceOf(IOException.class);
        }

        assertThat(here.problemWith(new ServerAddress(PEER, closed))).startsWith("connecting fails: ");
    }

    @Test
    void whoIsNoPeerIsNamed() throws Exception {
        InetSocketAddress to = listen(new GroupSecurity.None());

        readOrReset(raw(to, STRANGER));

        await().atMost(5, TimeUnit.SECONDS).until(() -> STRANGER.equals(node.stranger()));
    }

    @ParameterizedTest
    @MethodSource("securities")
    void whoIsNotNamedHearsItWithTheRemedy(GroupSecurity security) throws Exception {
        InetSocketAddress to = listen(security);
        ServerAddress named = new ServerAddress(NODE, to.getPort());
        ChannelSockets stranger = sockets(security, NODE, to.getPort());

        await().atMost(10, TimeUnit.SECONDS).until(() -> {
            try (Socket socket = stranger.createSocket("jgroups.tcp.sock")) {
                socket.bind(new InetSocketAddress(address(STRANGER), 0));
                socket.connect(to, 500);
                socket.getOutputStream().write(1);
                socket.getInputStream().read();
            } catch (IOException turnedAway) {
                // said below
            }
            return stranger.problemWith(named) != null;
        });

        assertThat(stranger.problemWith(named))
                .isEqualTo("it closes the connections of this host without a word: its file does not name this member"
                        + " (expected: " + STRANGER
                        + " in its group.peers or group.witness), or only one of the two has"
                        + " group.tls-... or group.key-file; its log says which");
    }

    @ParameterizedTest
    @MethodSource("securities")
    void nobodyFromElsewhereIsReadFromAndNobodyClaimsToBeElsewhere(GroupSecurity security) throws Exception {
        InetSocketAddress to = listen(security);

        try {
            Socket stranger = raw(to, STRANGER);
            stranger.setSoTimeout(1_000); // shorter than a handshake may take: it is closed at once
            assertThat(stranger.getInputStream().read()).isEqualTo(-1);
        } catch (IOException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
        connect(security, to, PEER, STRANGER);

        await().atMost(5, TimeUnit.SECONDS).until(() -> node.refused() == 2);
        assertThat(accepted).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("securities")
    void thoseWhoSayNothingHoldUpNobodyAndAreClosed(GroupSecurity security) throws Exception {
        InetSocketAddress to = listen(security);
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            silent.add(raw(to, PEER));
        }

        long startNanos = System.nanoTime();
        connect(security, to, PEER, PEER);
        nextAccepted();

        assertThat((System.nanoTime() - startNanos) / 1_000_000).isLessThan(1_400);
        for (Socket each : silent) {
            each.setSoTimeout(5_000);
            assertThat(readOrReset(each)).isEqualTo(-1);
        }
        assertThat(accepted).isEmpty();
    }

    private static int readOrReset(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read();
        } catch (java.net.SocketException reset) {
            return -1;
        }
    }

    @ParameterizedTest
    @MethodSource("securities")
    void openingAndClosingIsNotWorthALine(GroupSecurity security) throws Exception {
        InetSocketAddress to = listen(security);

        raw(to, PEER).close();
        connect(security, to, PEER, PEER);
        nextAccepted();

        assertThat(node.refused()).isZero();
    }

    @Test
    void aPeerThatAcceptsAndSaysNothingIsGivenUpAndNotTriedByEveryWaiterAgain() throws Exception {
        try (ServerSocket hung = new ServerSocket(0, 50, address(NODE))) {
            ChannelSockets here = sockets(key("sixteen bytes or more"), NODE, hung.getLocalPort());
            InetSocketAddress to = new InetSocketAddress(address(NODE), hung.getLocalPort());
            Socket first = here.createSocket("jgroups.tcp.sock");
            Socket second = here.createSocket("jgroups.tcp.sock");
            open.add(first);
            open.add(second);

            assertThatThrownBy(() -> first.connect(to, 500)).hasMessageContaining("within 1500 ms");
            assertThatThrownBy(() -> second.connect(to, 500)).hasMessageContaining("a moment ago");
            assertThat(first.isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("securities")
    void aWriteToAPeerThatReadsNothingEnds(GroupSecurity security) throws Exception {
        Socket peer = connect(security, listen(security), PEER, PEER);
        nextAccepted();

        assertThatThrownBy(() -> {
                    while (true) {
                        peer.getOutputStream().write(new byte[1 << 20]);
                    }
                })
                .isInstanceOf(IOException.class);
        assertThat(peer.isClosed()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("securities")
    void theEndOfAConnectionIsToldOnce(GroupSecurity security) throws Exception {
        Socket peer = connect(security, listen(security), PEER, PEER);
        Socket here = nextAccepted();
        here.getInputStream().readNBytes(8 + 7);

        peer.close();

        assertThat(readOrReset(here)).isEqualTo(-1);
        assertThat(lost).containsExactly(address(PEER));
        assertThat(readOrReset(here)).isEqualTo(-1);
        assertThat(lost).hasSize(1);
    }
}
