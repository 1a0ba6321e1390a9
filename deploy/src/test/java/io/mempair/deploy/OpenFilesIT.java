package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** At the limit of open files clients wait to be accepted, and those who are connected are served as ever. */
@Timeout(180)
class OpenFilesIT {

    private static final int LIMIT = 200;
    private static final int CLIENTS = 260;
    private static final int AT_EACH_DOOR = 8;

    @RegisterExtension
    private final Background background = new Background();

    @TempDir
    private Path folder;

    private final List<HeldClient> clients = new ArrayList<>();

    /** A connection that has asked something and does not wait for the answer. */
    private static final class HeldClient {
        private final SocketChannel channel;
        private final ByteBuffer in = ByteBuffer.allocate(4_096);

        HeldClient(SocketAddress address, String question) throws IOException {
            channel = SocketChannel.open(address);
            ask(question);
            channel.configureBlocking(false);
        }

        void ask(String question) throws IOException {
            channel.write(ByteBuffer.wrap(question.getBytes(StandardCharsets.US_ASCII)));
        }

        boolean isAnswered() {
            try {
                channel.read(in);
                return in.position() > 0;
            } catch (IOException e) {
                throw new AssertionError("a client was dropped", e);
            }
        }

        /** So many requests, one after the other. */
        void converse(int requests) throws IOException {
            channel.configureBlocking(true);
            for (int i = 0; i < requests; i++) {
                in.clear();
                ask("mn\r\n");
                while (in.position() < 4) {
                    assertThat(channel.read(in)).isPositive();
                }
            }
            channel.configureBlocking(false);
        }
    }

    @AfterEach
    void close() throws IOException {
        for (HeldClient client : clients) {
            client.channel.close();
        }
    }

    private HeldClient client(SocketAddress address, String question) throws IOException {
        HeldClient client = new HeldClient(address, question);
        clients.add(client);
        return client;
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "epoll", "nio"})
    void clientsBeyondTheLimitWaitAndTheOthersAreServed(String transport) throws Exception {
        int port = ReservedPorts.next();
        int http = ReservedPorts.next();
        Path unix = folder.resolve("m.sock");
        // a server that is there: each attempt to reach one that is not would free a descriptor for somebody who waits
        int memcached = ReservedPorts.next();
        background.startMemcached("127.0.0.1", memcached);
        background.start(List.of(
                "prlimit",
                "--nofile=" + LIMIT + ':' + LIMIT,
                Installation.mempair(),
                "proxy",
                "-l",
                "127.0.0.1",
                "-p",
                String.valueOf(port),
                "-f",
                unix.toString(),
                "-s",
                "127.0.0.1:" + memcached,
                "--loops",
                "2",
                "--http",
                "127.0.0.1:" + http,
                "--transport",
                transport));
        Background.until("it serves", () -> background.log().contains(" serves on "));
        assertThat(background.log()).contains("open files: at most " + LIMIT + " (expected: ");
        var tcp = new InetSocketAddress("127.0.0.1", port);
        for (int i = 0; i < CLIENTS; i++) {
            client(tcp, "mn\r\n");
        }
        Background.until("the limit is reached", () -> background.log().contains("cannot accept"));
        HeldClient accepted = clients.get(0);
        Background.until("the first is answered", accepted::isAnswered);
        // several at each door: the Java machine opens a file of its own now and then, and may free it for one of them
        List<HeldClient> overUnix = new ArrayList<>();
        List<HeldClient> overHttp = new ArrayList<>();
        var admin = new InetSocketAddress("127.0.0.1", http);
        for (int i = 0; i < AT_EACH_DOOR; i++) {
            overUnix.add(client(UnixDomainSocketAddress.of(unix), "mn\r\n"));
            overHttp.add(client(admin, "GET /health/live HTTP/1.0\r\n\r\n"));
        }

        accepted.converse(2_000);
        long answered = clients.stream().filter(HeldClient::isAnswered).count();

        assertThat(answered).isBetween(20L, (long) LIMIT);
        assertThat(overUnix).anyMatch(client -> !client.isAnswered());
        assertThat(overHttp).anyMatch(client -> !client.isAnswered());
        List<HeldClient> served =
                clients.stream().filter(HeldClient::isAnswered).toList();
        for (HeldClient leaving : served.subList(1, served.size())) {
            leaving.channel.close();
            clients.remove(leaving);
        }
        long freedNanos = System.nanoTime();
        Background.until("all who waited are answered", () -> clients.stream().allMatch(HeldClient::isAnswered));
        System.out.println("[open files] " + transport + ": waited "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - freedNanos) + " ms for descriptors that were free");
        // one line of the port, one of the admin face, however often it was tried; and what a start says
        assertThat(background.log().split("cannot accept", -1)).hasSizeLessThanOrEqualTo(3);
        assertThat(background.log()).hasSizeLessThan(20_000);
    }
}
