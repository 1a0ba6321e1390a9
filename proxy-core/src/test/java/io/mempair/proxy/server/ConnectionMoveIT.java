package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.handover.MoveCounts;
import io.mempair.proxy.testkit.KernelConnection;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.TestTimeouts;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Live connections move from one proxy to another on one host, with the kernel's own sockets. Here the source closes its copies
 * before the target connects its own: on one host both have the same two ends.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ConnectionMoveIT {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private static ProxyServer proxy(int port, Memcached server, TransportChoice transport) {
        PoolConfig pool =
                new PoolConfig(List.of(server.address()), List.of(), Distribution.MODULO, TestTimeouts.PATIENT);
        return new ProxyServer(new ProxyConfig(
                List.of(new ServerAddress("127.0.0.1", port)), pool, ClientLimits.DEFAULT, 2, transport));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            return socket.getLocalPort();
        }
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static void send(Socket client, String bytes) throws IOException {
        client.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String read(Socket client, int bytes) throws IOException {
        return new String(client.getInputStream().readNBytes(bytes), StandardCharsets.ISO_8859_1);
    }

    private static String ask(Socket client, String request, String answer) throws IOException {
        send(client, request);
        return read(client, answer.length());
    }

    /** Its kernel acknowledges now: later there is no socket for a while, and an acknowledgement would be answered by a reset. */
    private static void acknowledge(Socket client) throws IOException {
        client.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
    }

    /**
     * All that fits the client's socket has arrived and is acknowledged: nothing is under way later. (A node that hands over takes the
     * address off first, so that its kernel sends nothing more. Here the address stays.)
     */
    private static void awaitFullWindow(int port) {
        Awaitility.await().until(() -> KernelConnection.ofPort(port).stream().allMatch(KernelConnection::isStuck));
    }

    /** Moves everything from one to the other, which opens the port. */
    private static MoveCounts move(ProxyServer from, ProxyServer to) throws Exception {
        ConcurrentLinkedQueue<byte[]> copies = new ConcurrentLinkedQueue<>();
        await(from.handover().quiesce(Duration.ofSeconds(5)));
        MoveCounts copied = await(from.handover().copy(Set.of(LOOPBACK), copies::add));
        await(from.handover().closeCopies());
        await(from.drain(Duration.ZERO));
        for (byte[] batch : copies) {
            await(to.handover().restore(batch));
        }
        MoveCounts restored = await(to.handover().restored());
        assertThat(restored).isEqualTo(new MoveCounts(copied.moved(), Map.of()));
        await(to.open());
        await(to.handover().activate(false));
        await(to.handover().settle());
        await(from.dropClients());
        return copied;
    }

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"EPOLL", "IO_URING"})
    void connectionsGoBackAndForthInTheMiddleOfRequestsAndAnswers(TransportChoice transport) throws Exception {
        int port = freePort();
        try (Memcached server = Memcached.started();
                ProxyServer one = proxy(port, server, transport);
                ProxyServer other = proxy(port, server, transport)) {
            assertThat(one.handover().refusal())
                    .as("why connections cannot be moved here")
                    .isNull();
            await(one.start());
            await(other.start());
            await(one.open());
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                clients.add(new Socket(LOOPBACK, port));
                assertThat(ask(clients.get(i), "set n" + i + " 0 0 1\r\n0\r\n", "STORED\r\n"))
                        .isEqualTo("STORED\r\n");
            }
            ProxyServer[] proxies = {one, other};
            for (int round = 1; round <= 6; round++) {
                for (int i = 0; i < clients.size(); i++) {
                    send(clients.get(i), half(i, round)); // the other half follows after the move
                    acknowledge(clients.get(i));
                }
                MoveCounts moved = move(proxies[(round + 1) % 2], proxies[round % 2]);
                assertThat(moved.moved() + " " + moved.notMoved()).isEqualTo("50 {}");
                for (int i = 0; i < clients.size(); i++) {
                    send(clients.get(i), otherHalf(i, round));
                    String answer = (i % 3 == 0 ? "STORED\r\n" : "") + round + "\r\n";
                    assertThat(read(clients.get(i), answer.length()))
                            .as("client %d round %d", i, round)
                            .isEqualTo(answer);
                }
            }
            for (Socket client : clients) {
                assertThat(client.getInputStream().available()).isZero();
                client.close();
            }
        }
    }

    private static final String VALUE = "v".repeat(9_000);

    private static String request(int client) {
        String value = client % 3 == 0 ? "set v" + client + " 0 0 9000\r\n" + VALUE + "\r\n" : "";
        return value + "incr n" + client + " 1\r\n";
    }

    private static String half(int client, int round) {
        String request = request(client);
        return request.substring(0, cut(client, round, request));
    }

    private static String otherHalf(int client, int round) {
        String request = request(client);
        return request.substring(cut(client, round, request));
    }

    private static int cut(int client, int round, String request) {
        return (client * 7 + round * 1_031) % request.length();
    }

    /** The send queue of the kernel, and what Netty has not written yet, travel with the connection. */
    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"EPOLL", "IO_URING"})
    void answersThatAClientHasNotReadYetAreNotLost(TransportChoice transport) throws Exception {
        int port = freePort();
        String value = "0123456789abcdef".repeat(6_250);
        String answer = "VALUE big 0 " + value.length() + "\r\n" + value + "\r\nEND\r\n";
        int times = 12;
        try (Memcached server = Memcached.started();
                ProxyServer one = proxy(port, server, transport);
                ProxyServer other = proxy(port, server, transport);
                Socket client = new Socket()) {
            assertThat(one.handover().refusal())
                    .as("why connections cannot be moved here")
                    .isNull();
            await(one.start());
            await(other.start());
            await(one.open());
            client.setReceiveBufferSize(65_536);
            client.connect(new InetSocketAddress(LOOPBACK, port));
            client.setSoTimeout(20_000);
            assertThat(ask(client, "set big 0 0 " + value.length() + "\r\n" + value + "\r\n", "STORED\r\n"))
                    .isEqualTo("STORED\r\n");
            send(client, "get big\r\n".repeat(times));
            String first = read(client, 1); // the first answer is here, but for the rest the socket is too small
            awaitFullWindow(port);

            MoveCounts moved = move(one, other);

            assertThat(moved.moved() + " " + moved.notMoved()).isEqualTo("1 {}");
            InputStream in = client.getInputStream();
            for (int i = 0; i < times; i++) {
                String begin = i == 0 ? first : "";
                assertThat(begin
                                + new String(
                                        in.readNBytes(answer.length() - begin.length()), StandardCharsets.ISO_8859_1))
                        .as("answer %d", i)
                        .isEqualTo(answer);
            }
            assertThat(ask(client, "get none\r\n", "END\r\n")).isEqualTo("END\r\n");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"EPOLL", "IO_URING"})
    void connectionsThatAreTakenBackGoOnAtTheSource(TransportChoice transport) throws Exception {
        int port = freePort();
        try (Memcached server = Memcached.started();
                ProxyServer one = proxy(port, server, transport);
                Socket client = new Socket()) {
            assertThat(one.handover().refusal())
                    .as("why connections cannot be moved here")
                    .isNull();
            await(one.start());
            await(one.open());
            client.connect(new InetSocketAddress(LOOPBACK, port));
            client.setSoTimeout(10_000);
            assertThat(ask(client, "set n 0 0 1\r\n0\r\n", "STORED\r\n")).isEqualTo("STORED\r\n");
            await(one.handover().quiesce(Duration.ofMillis(100)));
            MoveCounts copied = await(one.handover().copy(Set.of(LOOPBACK), copy -> {}));
            assertThat(copied.moved() + " " + copied.notMoved()).isEqualTo("1 {}");

            await(one.handover().takeBack());
            send(client, "incr n 1\r\n");
            await(one.open());

            assertThat(read(client, 3)).isEqualTo("1\r\n");
            assertThat(ask(client, "incr n 1\r\n", "2\r\n")).isEqualTo("2\r\n");
        }
    }
}
