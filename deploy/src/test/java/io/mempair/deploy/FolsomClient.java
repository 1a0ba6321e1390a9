package io.mempair.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.spotify.folsom.AsciiMemcacheClient;
import com.spotify.folsom.BinaryMemcacheClient;
import com.spotify.folsom.ConnectFuture;
import com.spotify.folsom.MemcacheClient;
import com.spotify.folsom.MemcacheClientBuilder;
import com.spotify.folsom.MemcacheStatus;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** folsom. */
final class FolsomClient implements JavaClient {

    private final MemcacheClient<byte[]> client;

    private FolsomClient(MemcacheClient<byte[]> client) throws Exception {
        this.client = client;
        answer(ConnectFuture.connectFuture(client));
    }

    static FolsomClient text(InetSocketAddress server) throws Exception {
        return new FolsomClient(builder(server).connectAscii());
    }

    static FolsomClient binary(InetSocketAddress server) throws Exception {
        return new FolsomClient(builder(server).connectBinary());
    }

    private static MemcacheClientBuilder<byte[]> builder(InetSocketAddress server) {
        return MemcacheClientBuilder.newByteArrayClient()
                .withAddress(server.getHostString(), server.getPort())
                .withRequestTimeoutMillis(TIMEOUT_MILLIS)
                .withKeyCharset(UTF_8);
    }

    @Override
    public byte[] get(String key) throws Exception {
        return answer(client.get(key));
    }

    @Override
    public Map<String, byte[]> get(Collection<String> keys) throws Exception {
        return answer(client.getAsMap(List.copyOf(keys)));
    }

    @Override
    public Versioned gets(String key) throws Exception {
        var found = answer(client.casGet(key));
        return new Versioned(new String(found.getValue(), UTF_8), found.getCas());
    }

    @Override
    public boolean set(String key, byte[] value, int exptime) throws Exception {
        return isOk(client.set(key, value, exptime));
    }

    @Override
    public boolean add(String key, byte[] value) throws Exception {
        return isOk(client.add(key, value, 0));
    }

    @Override
    public boolean replace(String key, byte[] value) throws Exception {
        return isOk(client.replace(key, value, 0));
    }

    @Override
    public boolean append(String key, byte[] value) throws Exception {
        return isOk(client.append(key, value));
    }

    @Override
    public boolean prepend(String key, byte[] value) throws Exception {
        return isOk(client.prepend(key, value));
    }

    @Override
    public boolean cas(String key, byte[] value, long cas) throws Exception {
        return isOk(client.set(key, value, 0, cas));
    }

    @Override
    public long incr(String key, long delta) throws Exception {
        return client instanceof BinaryMemcacheClient<byte[]> binary
                ? answer(binary.incr(key, delta, 0, 0))
                : answer(((AsciiMemcacheClient<byte[]>) client).incr(key, delta));
    }

    @Override
    public long decr(String key, long delta) throws Exception {
        return client instanceof BinaryMemcacheClient<byte[]> binary
                ? answer(binary.decr(key, delta, 0, 0))
                : answer(((AsciiMemcacheClient<byte[]>) client).decr(key, delta));
    }

    @Override
    public boolean touch(String key, int exptime) throws Exception {
        return isOk(client.touch(key, exptime));
    }

    @Override
    public boolean delete(String key) throws Exception {
        return isOk(client.delete(key));
    }

    @Override
    public void flushAll() throws Exception {
        isOk(client.flushAll(0));
    }

    @Override
    public void close() throws Exception {
        client.shutdown();
        answer(ConnectFuture.disconnectFuture(client));
    }

    private static boolean isOk(CompletionStage<MemcacheStatus> stage) throws Exception {
        return answer(stage) == MemcacheStatus.OK;
    }

    private static <T> T answer(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    }
}
