package io.mempair.proxy.testkit;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.ListenerConfig;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.server.ProxyServer;
import io.mempair.proxy.warmup.ReservedPort;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A proxy started and open on a loopback port of its own. */
public final class RunningProxy implements AutoCloseable {

    private static final int MOST_RESERVED = 100;

    /** Guarded by the class; the oldest first. */
    private static final Queue<ReservedPort> RESERVED = new ArrayDeque<>();

    private final int port;
    private final ProxyServer server;
    private ProxyConfig config;

    private RunningProxy(int port, ProxyServer server, ProxyConfig config) {
        this.port = port;
        this.server = server;
        this.config = config;
    }

    public static RunningProxy inFrontOf(ServerAddress... servers) throws Exception {
        return start(List.of(servers), List.of(), ClientLimits.DEFAULT, 2, TransportChoice.AUTO);
    }

    /** As {@link #inFrontOf}, for servers that a test keeps silent. */
    public static RunningProxy inFrontOfSilent(ServerAddress... servers) throws Exception {
        return over(new PoolConfig(List.of(servers), List.of(), Distribution.MODULO, TestTimeouts.SHORT));
    }

    public static RunningProxy withBackups(List<ServerAddress> primaries, List<ServerAddress> backups)
            throws Exception {
        return start(primaries, backups, ClientLimits.DEFAULT, 2, TransportChoice.AUTO);
    }

    public static RunningProxy start(
            List<ServerAddress> primaries,
            List<ServerAddress> backups,
            ClientLimits limits,
            int loops,
            TransportChoice transport)
            throws Exception {
        int port = freePort();
        PoolConfig pool = new PoolConfig(primaries, backups, Distribution.MODULO, TestTimeouts.PATIENT);
        return start(
                port, new ProxyConfig(List.of(new ServerAddress("127.0.0.1", port)), pool, limits, loops, transport));
    }

    /** With a pool of the test's choice and two loops. */
    public static RunningProxy over(PoolConfig pool) throws Exception {
        int port = freePort();
        List<ServerAddress> listeners = List.of(new ServerAddress("127.0.0.1", port));
        return start(port, new ProxyConfig(listeners, pool, ClientLimits.DEFAULT, 2, TransportChoice.AUTO));
    }

    /** With a pool and a policy of the test's choice, and two loops. */
    public static RunningProxy over(PoolConfig pool, ClientPolicy policy) throws Exception {
        int port = freePort();
        return start(
                port,
                new ProxyConfig(
                        ListenerConfig.tcp(List.of(new ServerAddress("127.0.0.1", port))),
                        pool,
                        ClientLimits.DEFAULT,
                        policy,
                        2,
                        TransportChoice.AUTO));
    }

    /** With a policy for clients. */
    public static RunningProxy guarded(ServerAddress memcached, ClientPolicy policy) throws Exception {
        return secured(memcached, policy, ServerSecurity.NONE);
    }

    /** With a policy for clients, and TLS or a login towards the server. */
    public static RunningProxy secured(ServerAddress memcached, ClientPolicy policy, ServerSecurity security)
            throws Exception {
        int port = freePort();
        return start(
                port,
                new ProxyConfig(
                        ListenerConfig.tcp(List.of(new ServerAddress("127.0.0.1", port))),
                        pool(memcached, security),
                        ClientLimits.DEFAULT,
                        policy,
                        2,
                        TransportChoice.AUTO));
    }

    /** With listeners of the test's choice; {@link #client} is for those on {@code port}. */
    public static RunningProxy listening(
            int port, ServerAddress memcached, ListenerConfig listeners, TransportChoice transport) throws Exception {
        return start(
                port,
                new ProxyConfig(
                        listeners,
                        pool(memcached, ServerSecurity.NONE),
                        ClientLimits.DEFAULT,
                        ClientPolicy.OPEN,
                        2,
                        transport));
    }

    private static PoolConfig pool(ServerAddress memcached, ServerSecurity security) {
        return new PoolConfig(List.of(memcached), List.of(), Distribution.MODULO, TestTimeouts.PATIENT, security);
    }

    private static RunningProxy start(int port, ProxyConfig config) throws Exception {
        return started(port, new ProxyServer(config), config);
    }

    /** Starts and opens one that the test made by {@code config}, which listens on that port of 127.0.0.1. */
    public static RunningProxy started(int port, ProxyServer server, ProxyConfig config) throws Exception {
        await(server.start());
        await(server.open());
        return new RunningProxy(port, server, config);
    }

    /** A port of 127.0.0.1 nobody listens on, which is given to nobody else before a hundred others were asked for. */
    public static synchronized int freePort() throws IOException {
        ReservedPort port = new ReservedPort();
        RESERVED.add(port);
        if (RESERVED.size() > MOST_RESERVED) {
            RESERVED.remove().close();
        }
        return port.number();
    }

    /** Waits for a stage at most ten seconds. */
    public static void await(CompletionStage<?> stage) throws Exception {
        stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    /** Changes pool and limits while it runs, and waits until it is done. */
    public void reload(PoolConfig pool, ClientLimits limits) throws Exception {
        config = new ProxyConfig(config.listeners(), pool, limits, config.policy(), config.loops(), config.transport());
        await(server.reload(config));
    }

    /** Changes the servers while it runs. */
    public void reload(List<ServerAddress> primaries, List<ServerAddress> backups) throws Exception {
        reload(new PoolConfig(primaries, backups, Distribution.MODULO, TestTimeouts.PATIENT), config.limits());
    }

    /** What it was last given. */
    public ProxyConfig config() {
        return config;
    }

    public ProxyServer server() {
        return server;
    }

    public RawClient client() throws IOException {
        return RawClient.connect(port);
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        server.close();
    }
}
