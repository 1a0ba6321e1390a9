package io.mempair.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.rubyeye.xmemcached.command.BinaryCommandFactory;
import net.rubyeye.xmemcached.command.TextCommandFactory;
import net.spy.memcached.ConnectionFactoryBuilder.Protocol;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The clients of Java against memcached itself, a proxy in front of two servers, and one with a backup tier. */
@Timeout(180)
class JavaClientsIT {

    private static final byte[] LARGE = "0123456789abcdef".repeat(57_600).getBytes(UTF_8);
    private static final int THREADS = 8;
    private static final int CALLS = 200;

    @RegisterExtension
    private static final ProxiedServers SERVERS = new ProxiedServers();

    /**
     * A way to make a client.
     *
     * @param name     client and protocol
     * @param connect  connects one to a port of this host
     */
    record ClientKind(String name, Connect connect) {

        interface Connect {
            JavaClient to(int port) throws Exception;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static InetSocketAddress local(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    static Stream<ClientKind> textClients() {
        return Stream.of(
                new ClientKind("spymemcached text", port -> new SpymemcachedClient(local(port), Protocol.TEXT)),
                new ClientKind("xmemcached text", port -> new XmemcachedClient(port, new TextCommandFactory())),
                new ClientKind("folsom text", port -> FolsomClient.text(local(port))));
    }

    static Stream<ClientKind> binaryClients() {
        return Stream.of(
                new ClientKind("spymemcached binary", port -> new SpymemcachedClient(local(port), Protocol.BINARY)),
                new ClientKind("xmemcached binary", port -> new XmemcachedClient(port, new BinaryCommandFactory())),
                new ClientKind("folsom binary", port -> FolsomClient.binary(local(port))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"textClients", "binaryClients"})
    void aClientHearsWhatItHearsFromMemcached(ClientKind kind) throws Exception {
        check(kind, "memcached itself", SERVERS.memcached());
        check(kind, "two servers", SERVERS.spread());
        check(kind, "primary and backup", SERVERS.copied());
    }

    private static void check(ClientKind kind, String where, ServerProgram server) throws Exception {
        try (JavaClient client = kind.connect().to(server.port())) {
            String prefix = kind.name().replace(' ', '-') + '-';
            check(client, prefix);
            checkManyThreads(client, prefix);
            client.flushAll();
            assertThat(client.get(prefix + "plain")).isNull();
        } catch (AssertionError e) {
            throw new AssertionError(where + ": " + e.getMessage(), e);
        }
    }

    private static void check(JavaClient client, String prefix) throws Exception {
        client.set(prefix + "short", bytes("soon gone"), 1);
        checkValues(client, prefix);
        checkConditions(client, prefix + "conditions");
        checkNumbers(client, prefix + "number");
        checkMany(client, prefix);
        assertThat(client.set(prefix + "touched", bytes("soon gone"), 1000)).isTrue();
        assertThat(client.touch(prefix + "touched", 1)).isTrue();
        assertThat(client.touch(prefix + "none", 1)).isFalse();
        Awaitility.await("end of the lifetimes")
                .atMost(Duration.ofSeconds(10))
                .until(() -> client.get(prefix + "short") == null && client.get(prefix + "touched") == null);
    }

    private static void checkValues(JavaClient client, String prefix) throws Exception {
        String longKey = prefix + "x".repeat(250 - prefix.length());
        for (var value : List.of(bytes("value"), bytes(""), bytes("Grüße, 世界 🚀\r\nEND\r\n"), LARGE)) {
            assertThat(client.set(prefix + "plain", value, 0)).isTrue();
            assertThat(client.get(prefix + "plain")).isEqualTo(value);
        }
        assertThat(client.set(longKey, bytes("long"), 0)).isTrue();
        assertThat(client.get(longKey)).isEqualTo(bytes("long"));
        assertThat(client.get(prefix + "none")).isNull();
    }

    private static void checkConditions(JavaClient client, String key) throws Exception {
        assertThat(client.replace(key, bytes("0"))).isFalse();
        assertThat(client.append(key, bytes("0"))).isFalse();
        assertThat(client.add(key, bytes("b"))).isTrue();
        assertThat(client.add(key, bytes("0"))).isFalse();
        assertThat(client.append(key, bytes("c"))).isTrue();
        assertThat(client.prepend(key, bytes("a"))).isTrue();
        assertThat(client.get(key)).isEqualTo(bytes("abc"));
        assertThat(client.replace(key, bytes("replaced"))).isTrue();
        var found = client.gets(key);
        assertThat(found.text()).isEqualTo("replaced");
        assertThat(client.cas(key, bytes("swapped"), found.cas())).isTrue();
        assertThat(client.cas(key, bytes("lost"), found.cas())).isFalse();
        assertThat(client.get(key)).isEqualTo(bytes("swapped"));
        assertThat(client.delete(key)).isTrue();
        assertThat(client.delete(key)).isFalse();
    }

    private static void checkNumbers(JavaClient client, String key) throws Exception {
        client.set(key, bytes("10"), 0);
        assertThat(client.incr(key, 5)).isEqualTo(15);
        assertThat(client.decr(key, 6)).isEqualTo(9);
        assertThat(client.decr(key, 100)).isZero();
    }

    private static void checkMany(JavaClient client, String prefix) throws Exception {
        var written = new HashMap<String, byte[]>();
        for (int i = 0; i < 300; i++) {
            written.put(prefix + "many-" + i, bytes("value " + i));
            client.set(prefix + "many-" + i, bytes("value " + i), 0);
        }
        var asked = new ArrayList<>(written.keySet());
        asked.add(prefix + "none");
        assertThat(client.get(asked)).containsExactlyInAnyOrderEntriesOf(written);
    }

    /** These clients send the calls of all threads on one connection: each answer must find its call. */
    private static void checkManyThreads(JavaClient client, String prefix) throws Exception {
        var threads = Executors.newFixedThreadPool(THREADS);
        try {
            var all = new ArrayList<Future<?>>();
            for (int thread = 0; thread < THREADS; thread++) {
                String key = prefix + "thread-" + thread;
                all.add(threads.submit(() -> {
                    for (int i = 0; i < CALLS; i++) {
                        byte[] value = bytes(key + " value " + i);
                        assertThat(client.set(key, value, 0)).isTrue();
                        assertThat(client.get(key)).isEqualTo(value);
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get(30, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
