package io.mempair.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.spotify.folsom.MemcacheClient;
import com.spotify.folsom.MemcacheClientBuilder;
import com.spotify.folsom.MemcacheStatus;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.rubyeye.xmemcached.XMemcachedClientBuilder;
import net.rubyeye.xmemcached.impl.KetamaMemcachedSessionLocator;
import net.spy.memcached.ConnectionFactoryBuilder;
import net.spy.memcached.ConnectionFactoryBuilder.Locator;
import net.spy.memcached.DefaultHashAlgorithm;
import net.spy.memcached.FailureMode;
import net.spy.memcached.MemcachedClient;

/** Stores keys by the clients of Java, which choose servers themselves. */
final class JavaPlacements {

    private static final int SECONDS = 60;

    private JavaPlacements() {}

    private static String key(int i) {
        return i % 20 == 0 ? "schl\u00fcssel-" + i : "key-" + i;
    }

    /** Stores keys 0 up to {@code count} by the client of that name. */
    static void store(String client, int count, List<String> servers) throws Exception {
        switch (client) {
            case "spymemcached" -> spymemcached(count, servers);
            case "spymemcached ketama" -> spymemcachedKetama(count, servers);
            case "xmemcached" -> xmemcached(count, servers);
            case "xmemcached ketama" -> xmemcachedKetama(count, servers);
            case "folsom" -> folsom(count, servers);
            default -> throw new IllegalArgumentException(client);
        }
    }

    private static void spymemcached(int count, List<String> servers) throws Exception {
        store(count, servers, new ConnectionFactoryBuilder());
    }

    private static void spymemcachedKetama(int count, List<String> servers) throws Exception {
        store(
                count,
                servers,
                new ConnectionFactoryBuilder()
                        .setLocatorType(Locator.CONSISTENT)
                        .setHashAlg(DefaultHashAlgorithm.KETAMA_HASH));
    }

    private static void store(int count, List<String> servers, ConnectionFactoryBuilder builder) throws Exception {
        System.setProperty("net.spy.log.LoggerImpl", "net.spy.memcached.compat.log.SLF4JLogger");
        var client = new MemcachedClient(
                builder.setFailureMode(FailureMode.Retry)
                        .setOpTimeout(TimeUnit.SECONDS.toMillis(SECONDS))
                        .build(),
                servers.stream().map(JavaPlacements::address).toList());
        try {
            for (int i = 0; i < count; i++) {
                assertThat(client.set(key(i), 0, "v").get(SECONDS, TimeUnit.SECONDS))
                        .isTrue();
            }
        } finally {
            client.shutdown();
        }
    }

    private static void xmemcached(int count, List<String> servers) throws Exception {
        store(
                count,
                new XMemcachedClientBuilder(
                        servers.stream().map(JavaPlacements::address).toList()));
    }

    private static void xmemcachedKetama(int count, List<String> servers) throws Exception {
        var builder = new XMemcachedClientBuilder(
                servers.stream().map(JavaPlacements::address).toList(),
                servers.stream().mapToInt(JavaPlacements::weight).toArray());
        builder.setSessionLocator(new KetamaMemcachedSessionLocator());
        store(count, builder);
    }

    private static void store(int count, XMemcachedClientBuilder builder) throws Exception {
        var client = builder.build();
        try {
            client.setSanitizeKeys(false);
            client.setOpTimeout(TimeUnit.SECONDS.toMillis(SECONDS));
            for (int i = 0; i < count; i++) {
                assertThat(client.set(key(i), 0, "v")).isTrue();
            }
        } finally {
            client.shutdown();
        }
    }

    private static void folsom(int count, List<String> servers) throws Exception {
        MemcacheClientBuilder<String> builder =
                MemcacheClientBuilder.newStringClient(UTF_8).withRequestTimeoutMillis(SECONDS * 1_000L);
        for (String server : servers) {
            InetSocketAddress address = address(server);
            builder.withAddress(address.getHostString(), address.getPort());
        }
        MemcacheClient<String> client = builder.connectAscii();
        try {
            client.awaitFullyConnected(SECONDS, TimeUnit.SECONDS);
            for (int i = 0; i < count; i++) {
                assertThat(client.set("key-" + i, "v", 0).toCompletableFuture().get(SECONDS, TimeUnit.SECONDS))
                        .isEqualTo(MemcacheStatus.OK);
            }
        } finally {
            client.shutdown();
        }
    }

    private static InetSocketAddress address(String server) {
        String[] parts = server.split(":");
        return new InetSocketAddress(parts[0], Integer.parseInt(parts[1]));
    }

    private static int weight(String server) {
        String[] parts = server.split(":");
        return parts.length > 2 ? Integer.parseInt(parts[2]) : 1;
    }
}
