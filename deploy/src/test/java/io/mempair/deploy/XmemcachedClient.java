package io.mempair.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import net.rubyeye.xmemcached.CommandFactory;
import net.rubyeye.xmemcached.MemcachedClient;
import net.rubyeye.xmemcached.XMemcachedClientBuilder;
import net.rubyeye.xmemcached.transcoders.SerializingTranscoder;

/** xmemcached. */
final class XmemcachedClient implements JavaClient {

    private final MemcachedClient client;

    XmemcachedClient(int port, CommandFactory protocol) throws IOException {
        var uncompressed = new SerializingTranscoder();
        uncompressed.setCompressionThreshold(Integer.MAX_VALUE);
        var builder =
                new XMemcachedClientBuilder(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
        builder.setCommandFactory(protocol);
        builder.setTranscoder(uncompressed);
        builder.setOpTimeout(TIMEOUT_MILLIS);
        client = builder.build();
    }

    @Override
    public byte[] get(String key) throws Exception {
        return client.get(key);
    }

    @Override
    public Map<String, byte[]> get(Collection<String> keys) throws Exception {
        return client.get(keys);
    }

    @Override
    public Versioned gets(String key) throws Exception {
        var found = client.<byte[]>gets(key);
        return new Versioned(new String(found.getValue(), UTF_8), found.getCas());
    }

    @Override
    public boolean set(String key, byte[] value, int exptime) throws Exception {
        return client.set(key, exptime, value);
    }

    @Override
    public boolean add(String key, byte[] value) throws Exception {
        return client.add(key, 0, value);
    }

    @Override
    public boolean replace(String key, byte[] value) throws Exception {
        return client.replace(key, 0, value);
    }

    @Override
    public boolean append(String key, byte[] value) throws Exception {
        return client.append(key, value);
    }

    @Override
    public boolean prepend(String key, byte[] value) throws Exception {
        return client.prepend(key, value);
    }

    @Override
    public boolean cas(String key, byte[] value, long cas) throws Exception {
        return client.cas(key, 0, value, cas);
    }

    @Override
    public long incr(String key, long delta) throws Exception {
        return client.incr(key, delta);
    }

    @Override
    public long decr(String key, long delta) throws Exception {
        return client.decr(key, delta);
    }

    @Override
    public boolean touch(String key, int exptime) throws Exception {
        return client.touch(key, exptime);
    }

    @Override
    public boolean delete(String key) throws Exception {
        return client.delete(key);
    }

    @Override
    public void flushAll() throws Exception {
        client.flushAll(TIMEOUT_MILLIS);
    }

    @Override
    public void close() throws IOException {
        client.shutdown();
    }
}
