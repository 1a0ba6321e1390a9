package io.mempair.ha.check;

import io.mempair.ha.config.CheckConfig;
import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.config.Mode;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.config.Profile;
import io.mempair.ha.thread.NoThread;
import io.mempair.ha.thread.VitalThread;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.Timers;
import io.mempair.proxy.config.ServerAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All checks of a host: requirements (slow), carrier, event loops and guard (fast), the operator's programs, and the
 * tie-breaker. Each runs at its own interval on a thread that no other check can block.
 */
public final class Fitness implements Checks {

    private static final Logger LOG = LoggerFactory.getLogger(Fitness.class);

    /** Requirements change only by an operator, except the node's own address, which may appear late in a boot. */
    private static final Duration PREFLIGHT_PAUSE = Duration.ofSeconds(1);

    /** Every few seconds is enough for a state that only another program changes. */
    private static final Duration PORT_PAUSE = Duration.ofSeconds(5);

    /** Cheap enough to detect a lost carrier within 50 ms, even on a busy host. */
    private static final Duration CARRIER_PAUSE = Duration.ofMillis(25);

    private static final Duration LOOP_PAUSE = Duration.ofMillis(100);

    private final NodeConfig config;
    private final Supplier<List<ServerAddress>> servers;
    private final Supplier<long[]> loopSilence;
    private final Supplier<@Nullable List<String>> ofAddress;
    private final BooleanSupplier portOpen;
    private final Preflight preflight;
    private final Clock clock;
    private final Timers slow = new Timers("mempair-preflight");
    private final Timers fast = new Timers("mempair-check");
    private final List<Script> scripts = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile List<String> warnings = List.of();
    private volatile @Nullable TieBreakerProbe tieBreaker;
    private boolean closed;

    /**
     * @param servers      those of the proxy now; a reload may change them
     * @param path         search path for programs
     * @param loopSilence  nanoseconds since the last turn of each event loop of the proxy
     * @param ofAddress    problems that prevent holding the address; null while unknown
     * @param portOpen     whether this process has opened the ports for clients
     */
    public Fitness(
            NodeConfig config,
            Supplier<List<ServerAddress>> servers,
            String path,
            Supplier<long[]> loopSilence,
            Supplier<@Nullable List<String>> ofAddress,
            BooleanSupplier portOpen,
            Clock clock) {
        this.portOpen = portOpen;
        this.config = config;
        this.servers = servers;
        this.ofAddress = ofAddress;
        this.loopSilence = loopSilence;
        this.preflight = new Preflight(path);
        this.clock = clock;
    }

    /** Longest silence of an event loop: well above scheduling delays of a starved host, see {@link Profile}. */
    static Duration loopLimit(Profile profile) {
        return profile == Profile.FAST ? Duration.ofSeconds(1) : Duration.ofSeconds(2);
    }

    @Override
    public synchronized void start(ChecksListener listener) {
        if (closed) {
            return;
        }
        Findings findings = new Findings(listener::fitness);
        Consumer<List<String>> ofPreflight = findings.source();
        Consumer<List<String>> ofCarrier = findings.source();
        Consumer<List<String>> ofLoops = findings.source();
        Consumer<List<String>> ofGuard = findings.source();
        Consumer<List<String>> ofListen = findings.source();
        Consumer<List<String>> ofPorts = findings.source();
        for (CheckConfig check : config.checks()) {
            scripts.add(new Script(check, clock, findings.source()));
        }
        String bind = config.group().bind();
        slow.every(PREFLIGHT_PAUSE, () -> {
            ofPreflight.accept(preflight.problems(config.virtualAddress(), config.hooks(), bind));
            // what is open stays open when its address goes for a moment
            ofListen.accept(
                    portOpen.getAsBoolean()
                            ? List.of()
                            : preflight.listenProblems(config.virtualAddress(), config.hooks(), listen()));
            List<ServerAddress> now = servers.get();
            List<String> found = new ArrayList<>(LoopbackServers.warnings(config.group(), now));
            found.addAll(preflight.warnings(config.virtualAddress(), config.hooks(), now));
            warn(found);
        });
        PortTrial ports =
                new PortTrial(listen(), config.virtualAddress(), portOpen, new ListeningSockets(Path.of("/proc/net")));
        slow.every(PORT_PAUSE, () -> ofPorts.accept(ports.look()));
        Carrier carrier = new Carrier(config.virtualAddress().interfaceName(), Path.of("/sys/class/net"));
        fast.every(CARRIER_PAUSE, () -> ofCarrier.accept(carrier.look(clock.nanoTime())));
        LoopWatch loops = new LoopWatch(
                loopLimit(config.group().profile()).toNanos(),
                LOOP_PAUSE.multipliedBy(3).toNanos(),
                clock.nanoTime());
        fast.every(LOOP_PAUSE, () -> ofLoops.accept(loops.look(loopSilence.get(), clock.nanoTime())));
        fast.every(LOOP_PAUSE, () -> tell(ofAddress.get(), ofGuard));
        scripts.forEach(this::run);
        startTieBreaker(listener);
    }

    private static void tell(@Nullable List<String> problems, Consumer<List<String>> to) {
        if (problems != null) {
            to.accept(problems);
        }
    }

    /** Logs each warning once, and again if it recurs after it was gone. */
    private void warn(List<String> found) {
        List<String> before = warnings;
        found.stream()
                .filter(warning -> !before.contains(warning))
                .forEach(warning -> LOG.atWarn().addKeyValue("text", warning).log("{} event=check_warning", warning));
        warnings = found;
    }

    private List<ServerAddress> listen() {
        return config.proxy().listeners().addresses();
    }

    private synchronized void run(Script script) {
        if (closed) {
            return;
        }
        String name = script.status().name();
        Thread thread = new VitalThread(script, "mempair-check-" + name);
        try {
            thread.start();
            threads.add(thread);
        } catch (OutOfMemoryError e) {
            if (!NoThread.is(e)) {
                throw e;
            }
            LOG.warn("check {} could not run: {}; retrying", name, e.getMessage());
            slow.after(PREFLIGHT_PAUSE, () -> run(script));
        }
    }

    private void startTieBreaker(ChecksListener listener) {
        GroupConfig group = config.group();
        if (group.mode() != Mode.PAIR) {
            return;
        }
        Set<String> pairHosts = new HashSet<>();
        group.peers().forEach(peer -> pairHosts.add(peer.host()));
        config.virtualAddress().addresses().forEach(virtual -> pairHosts.add(virtual.address()));
        TieBreakerProbe started = new TieBreakerProbe(
                new Questions(group.tieBreaker(), servers, pairHosts, new Gateway(Path.of("/proc/net/route"))),
                new Answers(group.tieBreaker()),
                group.bind(),
                group.profile().heartbeat().multipliedBy(2),
                clock,
                listener::tieBreakerHeard);
        tieBreaker = started;
        started.start();
    }

    @Override
    public synchronized List<CheckStatus> status() {
        List<CheckStatus> all = new ArrayList<>();
        scripts.forEach(script -> all.add(script.status()));
        TieBreakerProbe asked = tieBreaker;
        if (asked != null) {
            all.add(asked.status());
        }
        return all;
    }

    @Override
    public List<String> warnings() {
        return warnings;
    }

    @Override
    public synchronized void close() {
        closed = true;
        slow.close();
        fast.close();
        threads.forEach(Thread::interrupt);
        TieBreakerProbe started = tieBreaker;
        if (started != null) {
            started.close();
        }
    }
}
