package io.mempair.proxy.server;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.frontend.request.ProxyFacts;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.metrics.ProxyMeters;
import io.netty.util.concurrent.Ticker;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** What {@code stats} and {@code version} say: of the proxy itself, under memcached's names. Any thread. */
final class ProxyStats implements ProxyFacts {

    private final Supplier<Setup> setup;
    private final ProxyMeters meters;
    private final AtomicInteger clients;
    private final int loops;
    private final long startedNanos = Ticker.systemTicker().nanoTime();

    ProxyStats(Supplier<Setup> setup, List<LoopContext> loops, AtomicInteger clients) {
        this.setup = setup;
        this.meters = new ProxyMeters(loops.stream().map(LoopContext::counters).toList());
        this.clients = clients;
        this.loops = loops.size();
    }

    ProxyMeters meters() {
        return meters;
    }

    @Override
    public byte[] statsReply() {
        Setup current = setup.get();
        List<ServerState> servers = current.servers();
        StringBuilder out = new StringBuilder(640);
        long uptimeNanos = Ticker.systemTicker().nanoTime() - startedNanos;
        stat(out, "pid", ProcessHandle.current().pid());
        stat(out, "uptime", TimeUnit.NANOSECONDS.toSeconds(uptimeNanos));
        out.append("STAT version ").append(version()).append("\r\n");
        stat(out, "pointer_size", 64);
        stat(out, "max_connections", current.config().limits().maxClients());
        stat(out, "curr_connections", clients.get());
        stat(out, "total_connections", meters.total(ProxyMeter.CLIENTS_ACCEPTED));
        stat(out, "rejected_connections", meters.total(ProxyMeter.CLIENTS_REFUSED));
        stat(out, "cmd_get", keys());
        stat(out, "cmd_set", meters.total(ProxyMeter.COMMANDS_SET));
        stat(out, "cmd_touch", meters.total(ProxyMeter.COMMANDS_TOUCH));
        stat(out, "get_hits", meters.total(ProxyMeter.KEYS_HIT));
        stat(out, "get_misses", meters.total(ProxyMeter.KEYS_MISSED));
        stat(out, "threads", loops);
        stat(out, "proxy_servers", servers.size());
        stat(out, "proxy_servers_up", servers.stream().filter(ServerState::up).count());
        return out.append("END\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** memcached counts keys, not lines. */
    private long keys() {
        return meters.total(ProxyMeter.KEYS_HIT)
                + meters.total(ProxyMeter.KEYS_MISSED)
                + meters.total(ProxyMeter.KEYS_FAILED);
    }

    private static void stat(StringBuilder out, String name, long value) {
        out.append("STAT ").append(name).append(' ').append(value).append("\r\n");
    }

    @Override
    public byte[] versionReply() {
        return ("VERSION " + version() + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The lowest of the servers known; with none known, our own name, which no client takes for a capability. */
    private String version() {
        return setup.get().servers().stream()
                .map(ServerState::version)
                .flatMap(Optional::stream)
                .min(Comparator.comparing(ProxyStats::comparable))
                .orElse("mempair");
    }

    /** {@code 1.6.9} sorts before {@code 1.6.18}: each run of digits is filled up with zeros. */
    private static String comparable(String version) {
        StringBuilder out = new StringBuilder();
        for (String part : version.split("[^0-9]+", -1)) {
            out.append("0".repeat(Math.max(0, 10 - part.length()))).append(part).append('.');
        }
        return out.toString();
    }
}
