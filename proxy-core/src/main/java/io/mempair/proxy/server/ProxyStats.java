package io.mempair.proxy.server;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.command.ProxyFacts;
import io.mempair.proxy.command.stats.KeptCounters;
import io.mempair.proxy.command.stats.VersionOrder;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.metrics.ProxyMeters;
import io.mempair.proxy.metrics.ServerLatencies;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.Stat;
import io.netty.util.concurrent.Ticker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** What {@code stats} and {@code version} say of the proxy itself. Any thread. */
final class ProxyStats implements ProxyFacts {

    private static final String METER_PREFIX = "mempair.";

    /**
     * What is answered before any server has said its version: three numbers, because there are clients that fall over a word;
     * of the series the servers are of, and before anything a client could want of it.
     */
    private static final String BEFORE_ANY_SERVER = "1.6.0";

    private static final List<ProxyMeter> REQUESTS = List.of(
            ProxyMeter.COMMANDS_GET,
            ProxyMeter.COMMANDS_SET,
            ProxyMeter.COMMANDS_TOUCH,
            ProxyMeter.COMMANDS_DELETE,
            ProxyMeter.COMMANDS_ARITHMETIC,
            ProxyMeter.COMMANDS_OTHER);

    private static final List<ProxyMeter> MEMORY_CLOSED =
            List.of(ProxyMeter.CLIENTS_UNREAD, ProxyMeter.CLIENTS_GREEDIEST, ProxyMeter.CLIENTS_STALLED);

    private final Supplier<Setup> setup;
    private final ProxyMeters meters;
    private final ServerLatencies requestLatencies;
    private final AtomicInteger clients;
    private final int loops;
    private final IntConsumer onVerbosity;
    private final KeptCounters kept = new KeptCounters();
    private final AtomicLong reloads = new AtomicLong();
    private final AtomicLong refusedReloads = new AtomicLong();
    private final long startedNanos = Ticker.systemTicker().nanoTime();

    ProxyStats(Supplier<Setup> setup, List<LoopContext> loops, AtomicInteger clients, IntConsumer onVerbosity) {
        this.setup = setup;
        this.meters = new ProxyMeters(loops.stream().map(LoopContext::counters).toList());
        this.requestLatencies = new ServerLatencies(
                loops.stream().map(LoopContext::requestLatencies).toList());
        this.clients = clients;
        this.loops = loops.size();
        this.onVerbosity = onVerbosity;
    }

    /** Everything counted so far. */
    ProxyTotals totals() {
        Map<ProxyMeter, Long> counters = new EnumMap<>(ProxyMeter.class);
        for (ProxyMeter meter : ProxyMeter.values()) {
            counters.put(meter, meters.total(meter));
        }
        Map<TimedCommand, ServerLatencies.Histogram> requests = new EnumMap<>(TimedCommand.class);
        for (TimedCommand command : TimedCommand.values()) {
            ServerLatencies.Histogram histogram = requestLatencies.histogram(command);
            if (!histogram.isEmpty()) {
                requests.put(command, histogram);
            }
        }
        return new ProxyTotals(counters, requests);
    }

    ProxyMeters meters() {
        return meters;
    }

    /** Requests taken from clients, of every kind. */
    long requests() {
        return REQUESTS.stream().mapToLong(meters::total).sum();
    }

    @Override
    public List<Stat> ownGeneral() {
        return List.of(
                Stat.of("pid", ProcessHandle.current().pid()),
                new Stat("version", version()),
                Stat.of("max_connections", maxClients()),
                Stat.of("curr_connections", clients.get()),
                Stat.of("total_connections", meters.total(ProxyMeter.CLIENTS_ACCEPTED)),
                Stat.of("rejected_connections", meters.total(ProxyMeter.CLIENTS_REFUSED)));
    }

    @Override
    public List<Stat> ownSettings() {
        return List.of(Stat.of("maxconns", maxClients()));
    }

    @Override
    public List<Stat> proxyNumbers() {
        List<Stat> numbers = new ArrayList<>();
        long uptimeNanos = Ticker.systemTicker().nanoTime() - startedNanos;
        numbers.add(Stat.of("proxy_uptime", TimeUnit.NANOSECONDS.toSeconds(uptimeNanos)));
        numbers.add(Stat.of("proxy_loops", loops));
        for (ProxyMeter meter : ProxyMeter.values()) {
            numbers.add(Stat.of(nameOf(meter), meters.total(meter)));
        }
        numbers.addAll(serverNumbers());
        numbers.addAll(exporterNumbers());
        return numbers;
    }

    @Override
    public List<Stat> exporterNumbers() {
        List<ServerState> servers = setup.get().servers();
        return List.of(
                Stat.of("proxy_conn_requests", requests()),
                Stat.of("proxy_conn_errors", meters.total(ProxyMeter.SERVER_ERRORS)),
                Stat.of(
                        "proxy_conn_oom",
                        MEMORY_CLOSED.stream().mapToLong(meters::total).sum()),
                Stat.of(
                        "proxy_req_active",
                        servers.stream().mapToLong(ServerState::inFlight).sum()),
                Stat.of("proxy_config_reloads", reloads.get()),
                Stat.of("proxy_config_reload_fails", refusedReloads.get()),
                Stat.of("proxy_config_cron_runs", 0),
                Stat.of("proxy_config_cron_fails", 0),
                Stat.of("proxy_backend_total", servers.size()),
                Stat.of("proxy_backend_marked_bad", meters.total(ProxyMeter.SERVER_TIMEOUTS)),
                Stat.of("proxy_backend_failed", meters.total(ProxyMeter.SERVER_CONNECTION_FAILURES)),
                Stat.of("proxy_request_failed_depth", 0));
    }

    /** A reload of the configuration has ended. */
    void reloaded(boolean applied) {
        (applied ? reloads : refusedReloads).incrementAndGet();
    }

    @Override
    public List<Stat> serverNumbers() {
        List<ServerState> servers = setup.get().servers();
        long up = servers.stream().filter(ServerState::up).count();
        return List.of(
                Stat.of("proxy_servers", servers.size()),
                Stat.of("proxy_servers_up", up),
                Stat.of("proxy_servers_down", servers.size() - up));
    }

    @Override
    public KeptCounters keptCounters() {
        return kept;
    }

    private int maxClients() {
        return setup.get().config().limits().maxClients();
    }

    /** As Prometheus shows it, without the first word: {@code proxy_commands_get}. */
    private static String nameOf(ProxyMeter meter) {
        String name = meter.meterName().substring(METER_PREFIX.length()).replace('.', '_');
        return meter.value().isEmpty() ? name : name + '_' + meter.value();
    }

    @Override
    public void verbosity(int level) {
        onVerbosity.accept(level);
    }

    @Override
    public byte[] versionReply() {
        return ("VERSION " + version() + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The lowest of the servers known, as each was last connected. Clients read numbers from it, and draw conclusions.
     */
    private String version() {
        return setup.get().servers().stream()
                .map(ServerState::version)
                .flatMap(Optional::stream)
                .min(VersionOrder.INSTANCE)
                .orElse(BEFORE_ANY_SERVER);
    }
}
