package io.mempair.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.spy.memcached.CASResponse;
import net.spy.memcached.ConnectionFactoryBuilder;
import net.spy.memcached.ConnectionFactoryBuilder.Protocol;
import net.spy.memcached.FailureMode;
import net.spy.memcached.MemcachedClient;
import net.spy.memcached.transcoders.SerializingTranscoder;

/** spymemcached. */
final class SpymemcachedClient implements JavaClient {

    static {
        System.setProperty("net.spy.log.LoggerImpl", "net.spy.memcached.compat.log.SLF4JLogger");
    }

    private final MemcachedClient client;

    SpymemcachedClient(InetSocketAddress server, Protocol protocol) throws IOException {
        var uncompressed = new SerializingTranscoder();
        uncompressed.setCompressionThreshold(Integer.MAX_VALUE);
        client = new MemcachedClient(
                new ConnectionFactoryBuilder()
                        .setProtocol(protocol)
                        .setTranscoder(uncompressed)
                        .setOpTimeout(TIMEOUT_MILLIS)
                        .setFailureMode(FailureMode.Retry)
                        .build(),
                List.of(server));
    }

    @Override
    public byte[] get(String key) {
        return (byte[]) client.get(key);
    }

    @Override
    public Map<String, byte[]> get(Collection<String> keys) {
        var found = new HashMap<String, byte[]>();
        client.getBulk(keys).forEach((key, value) -> found.put(key, (byte[]) value));
        return found;
    }

    @Override
    public Versioned gets(String key) {
        var found = client.gets(key);
        return new Versioned(new String((byte[]) found.getValue(), UTF_8), found.getCas());
    }

    @Override
    public boolean set(String key, byte[] value, int exptime) throws Exception {
        return answer(client.set(key, exptime, value));
    }

    @Override
    public boolean add(String key, byte[] value) throws Exception {
        return answer(client.add(key, 0, value));
    }

    @Override
    public boolean replace(String key, byte[] value) throws Exception {
        return answer(client.replace(key, 0, value));
    }

    @Override
    public boolean append(String key, byte[] value) throws Exception {
        return answer(client.append(key, value));
    }

    @Override
    public boolean prepend(String key, byte[] value) throws Exception {
        return answer(client.prepend(key, value));
    }

    @Override
    public boolean cas(String key, byte[] value, long cas) {
        return client.cas(key, cas, value) == CASResponse.OK;
    }

    @Override
    public long incr(String key, long delta) {
        return client.incr(key, delta);
    }

    @Override
    public long decr(String key, long delta) {
        return client.decr(key, delta);
    }

    @Override
    public boolean touch(String key, int exptime) throws Exception {
        return answer(client.touch(key, exptime));
    }

    @Override
    public boolean delete(String key) throws Exception {
        return answer(client.delete(key));
    }

    @Override
    public void flushAll() throws Exception {
        answer(client.flush());
    }

    @Override
    public void close() {
        client.shutdown();
    }

    private static boolean answer(Future<Boolean> future) throws Exception {
        return future.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    }
}
