package io.mempair.proxy.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.RebalancePolicy;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.copies.CheckedClient;
import io.mempair.proxy.copies.ModelKey;
import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.route.MovePlan;
import io.mempair.proxy.testkit.Crew;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TextClient;
import io.mempair.proxy.testkit.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Clients do everything to a few keys, above many that nobody writes, while the servers behind the proxy change again and again:
 * random lists of servers and, half of the time, of backups, with a random distribution each time, some changes given up, servers
 * frozen or cut off meanwhile. Every answer is compared with what was acknowledged. After each change all rests: each key must be on
 * the servers of its copies and on no other, with one value, and no resting key may be missing. {@code -Dmempair.rebalance.seconds} says how long,
 * {@code -Dmempair.rebalance.seed} which changes and operations, {@code -Dmempair.rebalance.backups=false} that each key has one copy.
 */
@ExtendWith(NoLeaks.class)
class RebalanceModelIT {

    private static final int SECONDS = Integer.getInteger("mempair.rebalance.seconds", 25);
    private static final long SEED = Long.getLong("mempair.rebalance.seed", 1);
    private static final boolean FAULTS = Boolean.parseBoolean(System.getProperty("mempair.rebalance.faults", "true"));
    private static final boolean BACKUPS =
            Boolean.parseBoolean(System.getProperty("mempair.rebalance.backups", "true"));
    private static final int SERVERS = 5;
    private static final int CLIENTS = 8;
    private static final int LOOPS = 3;
    private static final int RESTING = 4_000;
    private static final int TEXT_KEYS = 40;
    private static final int COUNTERS = 8;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private static final List<Distribution> DISTRIBUTIONS =
            List.of(Distribution.MODULO, Distribution.LIBKETAMA, Distribution.JUMP, Distribution.RENDEZVOUS);

    private static final ServerTimeouts TIMEOUTS = new ServerTimeouts(
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofMillis(200),
            Duration.ofMillis(20),
            Duration.ofMillis(100));

    private static final List<Duration> KEEPS =
            List.of(Duration.ZERO, Duration.ofMillis(300), Duration.ofSeconds(2), Duration.ofMinutes(1));

    private final List<Memcached> servers = new ArrayList<>();
    private final List<Wire> wires = new ArrayList<>();
    private final List<ModelKey> keys = new ArrayList<>();
    private final AtomicLong ids = new AtomicLong();
    private final ConcurrentHashMap<String, AtomicLong> answers = new ConcurrentHashMap<>();
    private final List<String> story = new ArrayList<>();
    private final ReentrantReadWriteLock rest = new ReentrantReadWriteLock(true);
    private final Random random = new Random(SEED);
    private RunningProxy proxy;
    private int done;

    @Test
    void noAnswerIsALieWhileServersComeAndGo() throws Exception {
        try (Crew crew = new Crew()) {
            start();
            try (TextClient reading = TextClient.connect(proxy.port())) {
                createKeys(reading);
                for (int i = 0; i < CLIENTS; i++) {
                    Random ofClient = new Random(SEED * 1_000 + i);
                    crew.start("client " + i, () -> operate(ofClient, crew));
                }
                long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
                while (System.nanoTime() < endNanos) {
                    change(crew);
                    settle(crew);
                }
            }
            crew.stop();
            crew.await(LONGEST_WAIT);
        } catch (Throwable e) {
            throw new AssertionError(
                    "seed " + SEED + ", " + String.join("\n  ", story) + "\nanswers " + answers + '\n' + e.getMessage(),
                    e);
        } finally {
            stop();
        }
        assertThat(done).as("changes that were carried out; %s", story).isPositive();
    }

    private void start() throws Exception {
        for (int i = 0; i < SERVERS; i++) {
            servers.add(Memcached.started());
            wires.add(Wire.to(servers.get(i)));
        }
        PoolConfig leading = pool(List.of(0, 1, 2), List.of(), Distribution.MODULO);
        proxy = RunningProxy.start(leading.primaries(), List.of(), ClientLimits.DEFAULT, LOOPS, TransportChoice.AUTO);
        proxy.reload(leading, ClientLimits.DEFAULT);
    }

    private void stop() {
        if (proxy != null) {
            proxy.close();
        }
        wires.forEach(Wire::close);
        servers.forEach(Memcached::close);
    }

    private List<ServerAddress> addresses(List<Integer> numbers) {
        return numbers.stream().map(number -> wires.get(number).address()).toList();
    }

    private PoolConfig pool(List<Integer> primaries, List<Integer> backups, Distribution distribution) {
        return new PoolConfig(addresses(primaries), addresses(backups), distribution, TIMEOUTS)
                .with(new RebalancePolicy(
                        true, 2_000 + random.nextInt(20_000), true, false, KEEPS.get(random.nextInt(KEEPS.size()))));
    }

    private void createKeys(TextClient client) throws Exception {
        for (int i = 0; i < TEXT_KEYS; i++) {
            keys.add(ModelKey.ofText("text-" + i));
        }
        for (int i = 0; i < COUNTERS; i++) {
            keys.add(ModelKey.ofCounter("counter-" + i));
        }
        fillUp(client);
    }

    /** Stores what nobody writes again, and counters at 0. */
    private void fillUp(TextClient client) throws Exception {
        StringBuilder sets = new StringBuilder();
        for (int i = 0; i < RESTING; i++) {
            sets.append(TextClient.storage("set", "resting-" + i, i, 0, "value-" + i));
        }
        client.send(sets.toString());
        for (int i = 0; i < RESTING; i++) {
            assertThat(client.line()).isEqualTo("STORED");
        }
        for (int i = 0; i < COUNTERS; i++) {
            assertThat(client.ask("add counter-" + i + " 0 0 1\r\n0\r\n")).isIn("STORED", "NOT_STORED");
        }
    }

    private void operate(Random ofClient, Crew crew) throws Exception {
        try (TextClient client = TextClient.connect(proxy.port())) {
            CheckedClient checked = new CheckedClient(client, keys, ofClient, ids, answers);
            if (FAULTS) {
                checked.takingFailuresForMisses();
            }
            while (crew.goesOn()) {
                rest.readLock().lock();
                try {
                    checked.operate();
                } finally {
                    rest.readLock().unlock();
                }
            }
        }
    }

    private void change(Crew crew) throws Exception {
        List<Integer> numbers = new ArrayList<>(List.of(0, 1, 2, 3, 4));
        Collections.shuffle(numbers, random);
        int primaries = 1 + random.nextInt(4);
        int backups = BACKUPS && random.nextBoolean() ? 1 + random.nextInt(SERVERS - primaries) : 0;
        PoolConfig next = pool(
                numbers.subList(0, primaries),
                numbers.subList(primaries, primaries + backups),
                DISTRIBUTIONS.get(random.nextInt(DISTRIBUTIONS.size())));
        story.add(next.placement().distribution() + " " + next.primaries() + ' ' + next.backups());
        reload(next, crew);
        if (FAULTS && random.nextInt(2) == 0) {
            trouble(crew);
        }
        if (random.nextInt(4) == 0) {
            waitMillis(random.nextInt(1_000), crew);
            proxy.server().abortRebalance().exceptionally(late -> "too late");
            story.add("abort");
        }
        if (next.rebalance().keep().compareTo(Duration.ofSeconds(1)) > 0) {
            leave(next.rebalance(), crew);
        }
        await("end of the rebalance, " + proxy.server().rebalance())
                .atMost(LONGEST_WAIT)
                .pollInterval(10, TimeUnit.MILLISECONDS)
                .until(() -> {
                    crew.check();
                    return proxy.server().rebalance().orElseThrow().phase().isOver();
                });
        RebalancePhase phase = proxy.server().rebalance().orElseThrow().phase();
        story.add(proxy.server().rebalance().orElseThrow().toString());
        if (phase == RebalancePhase.DONE) {
            done++;
        }
    }

    /** The former servers are kept for longer than the test waits: goes back, or ends that, at a time of its own. */
    private void leave(RebalancePolicy policy, Crew crew) {
        await("switch, " + proxy.server().rebalance())
                .atMost(LONGEST_WAIT)
                .pollInterval(10, TimeUnit.MILLISECONDS)
                .until(() -> {
                    crew.check();
                    RebalancePhase phase =
                            proxy.server().rebalance().orElseThrow().phase();
                    return phase.isOver() || phase.nextLeads();
                });
        waitMillis(random.nextInt(1_500), crew);
        boolean back = random.nextInt(3) > 0;
        (back ? proxy.server().abortRebalance() : proxy.server().finishRebalance()).exceptionally(late -> "too late");
        story.add((back ? "back" : "finish") + " after a keep of " + policy.keep());
    }

    /** As an operator does: a server that was cut off may take no new connection for a second, and the reload is refused. */
    private void reload(PoolConfig next, Crew crew) {
        await("a reload that every server of it can be reached for")
                .atMost(LONGEST_WAIT)
                .pollInterval(100, TimeUnit.MILLISECONDS)
                .until(() -> {
                    crew.check();
                    try {
                        proxy.reload(next, ClientLimits.DEFAULT);
                        return true;
                    } catch (ExecutionException refused) {
                        if (String.valueOf(refused.getMessage()).contains("cannot be reached")) {
                            return false;
                        }
                        throw refused;
                    }
                });
    }

    /** A server is silent for a while, or its connections are cut. */
    private void trouble(Crew crew) throws Exception {
        waitMillis(random.nextInt(600), crew);
        int number = random.nextInt(SERVERS);
        if (random.nextBoolean()) {
            story.add("freeze " + number);
            servers.get(number).freeze();
            waitMillis(50 + random.nextInt(1_500), crew);
            servers.get(number).thaw();
        } else {
            story.add("cut " + number);
            wires.get(number).cut();
            waitMillis(50 + random.nextInt(1_500), crew);
            wires.get(number).heal();
        }
    }

    private void settle(Crew crew) throws Exception {
        while (!rest.writeLock().tryLock(1, TimeUnit.SECONDS)) {
            crew.check();
        }
        try {
            crew.check();
            try (TextClient client = TextClient.connect(proxy.port())) {
                for (ModelKey key : keys) {
                    TextClient.Retrieved found = retrieve(client, key.name());
                    key.settle(
                            found.items().isEmpty()
                                    ? null
                                    : found.items().get(0).value());
                    assertCasWorks(client, key.name());
                }
                int misses = 0;
                for (int i = 0; i < RESTING; i++) {
                    misses += retrieve(client, "resting-" + i).items().isEmpty() ? 1 : 0;
                }
                assertThat(misses).as("resting keys that are missing").isZero();
            }
            await("each key is where it belongs, with one value") // a server that comes back is repaired meanwhile
                    .atMost(LONGEST_WAIT)
                    .pollInterval(200, TimeUnit.MILLISECONDS)
                    .untilAsserted(this::assertPlaced);
        } finally {
            rest.writeLock().unlock();
        }
    }

    /** An id that was just read is that of the item: with it the same value can be stored again. */
    private static void assertCasWorks(TextClient client, String key) throws Exception {
        List<TextClient.TextItem> items = retrieve(client, key, "gets ").items();
        if (items.isEmpty()) {
            return;
        }
        TextClient.TextItem item = items.get(0);
        assertThat(client.ask(
                        "cas " + key + ' ' + item.flags() + " 0 " + item.value().length() + ' '
                                + Long.toUnsignedString(item.cas()) + "\r\n" + item.value() + "\r\n"))
                .as("cas of %s with the id just read", item)
                .isEqualTo("STORED");
    }

    /** After a server was silent the proxy may need a moment to connect again. */
    private static TextClient.Retrieved retrieve(TextClient client, String key) throws Exception {
        return retrieve(client, key, "get ");
    }

    private static TextClient.Retrieved retrieve(TextClient client, String key, String command) throws Exception {
        Optional<TextClient.Retrieved> found = Optional.empty();
        long endNanos = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (found.isEmpty() || (found.get().failed() && System.nanoTime() < endNanos)) {
            found = Optional.of(client.retrieve(command + key));
        }
        return found.get();
    }

    /** Every key is on the servers of its copies, with one value: one of two may still be refilled after trouble. */
    private void assertPlaced() throws Exception {
        PoolConfig leading = proxy.server().leadingPool().orElseThrow();
        MovePlan places = new MovePlan(leading, leading);
        Map<String, List<Integer>> held = new HashMap<>();
        for (int number = 0; number < SERVERS; number++) {
            for (String key : keysOf(servers.get(number))) {
                byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
                assertThat(places.isAt(wires.get(number).address(), bytes, 0, bytes.length))
                        .as("%s on server %d, by %s", key, number, leading)
                        .isTrue();
                held.computeIfAbsent(key, first -> new ArrayList<>()).add(number);
            }
        }
        for (ModelKey key : keys) {
            Set<String> values = new HashSet<>();
            for (int number : held.getOrDefault(key.name(), List.of())) {
                try (RawClient direct = servers.get(number).client()) {
                    direct.send("get " + key.name() + "\r\n");
                    values.add(direct.receiveUntil("END\r\n").strip());
                }
            }
            assertThat(values).as("copies of %s", key.name()).hasSizeLessThanOrEqualTo(1);
        }
    }

    private static List<String> keysOf(Memcached server) throws Exception {
        try (RawClient direct = server.client()) {
            direct.send("lru_crawler metadump hash\r\n");
            return direct.receiveUntil("END\r\n")
                    .lines()
                    .filter(line -> line.startsWith("key="))
                    .map(line -> line.substring("key=".length(), line.indexOf(' ')))
                    .filter(key -> !key.startsWith("mempair"))
                    .toList();
        }
    }

    private static void waitMillis(int millis, Crew crew) {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        await().pollInterval(5, TimeUnit.MILLISECONDS).atMost(LONGEST_WAIT).until(() -> {
            crew.check();
            return System.nanoTime() > endNanos;
        });
    }
}
