package io.mempair.proxy.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.testkit.Copies;
import io.mempair.proxy.testkit.Copies.StoredCopy;
import io.mempair.proxy.testkit.Crew;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.ModelFindings;
import io.mempair.proxy.testkit.ReplicaStatuses;
import io.mempair.proxy.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;

/**
 * Clients do everything to a few keys while one server after the other is killed, frozen or cut off; every answer is compared
 * with what was acknowledged. {@link Nuisances} are among the clients. Loops pause between any two steps in the order of writes.
 * With several proxies one serves after the other, as the nodes of a pair. After each fault all rests, and both copies must be
 * equal. {@code -Dmempair.model.seconds} says how long, {@code -Dmempair.model.seed} which faults, operations and pauses; how
 * they interleave is not repeated.
 */
final class CopiesModel {

    private static final int SECONDS = Integer.getInteger("mempair.model.seconds", 10);
    private static final long SEED = Long.getLong("mempair.model.seed", 1);
    private static final int CLIENTS = 12;
    private static final int LOOPS = 4;
    private static final int NUISANCES = 2;
    private static final int TEXT_KEYS = 34;
    private static final int COUNTERS = 6;
    /** Some are over before a server is given up, most are not. */
    private static final int LONGEST_FAULT_MILLIS = 2_500;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    /** How a server is lost; each ends in its own way. */
    enum Fault {
        KILL,
        FREEZE,
        CUT,
        /** Slow, but within what is allowed. */
        SLOW
    }

    /** {@code -Dmempair.model.faults=KILL,CUT} leaves out the others, {@code NONE} all. */
    private static final List<Fault> FAULTS = Stream.of(
                    System.getProperty("mempair.model.faults", "KILL,FREEZE,CUT,SLOW")
                            .split(",", -1))
            .filter(name -> !name.equals("NONE"))
            .map(Fault::valueOf)
            .toList();

    /** Without one of these answers too little was tried, so a slow machine goes on for longer. */
    private static final Set<String> KINDS = Set.of(
            "set STORED",
            "add STORED",
            "add NOT_STORED",
            "replace STORED",
            "replace NOT_STORED",
            "append STORED",
            "append NOT_STORED",
            "delete DELETED",
            "delete NOT_FOUND",
            "touch TOUCHED",
            "touch NOT_FOUND",
            "cas STORED",
            "cas EXISTS",
            "incr answered",
            "get answered",
            "get of some answered",
            "get after set answered");

    private static final int MOST_SECONDS = 60 + SECONDS;

    /** Long enough that a busy machine makes no server look dead that is well: two may not fail at a time. */
    private static final ServerTimeouts TIMEOUTS = new ServerTimeouts(
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofMillis(200),
            Duration.ofMillis(20),
            Duration.ofMillis(100));

    private final List<ModelKey> keys = new ArrayList<>();
    private final AtomicLong ids = new AtomicLong();
    private final ConcurrentHashMap<String, AtomicLong> answers = new ConcurrentHashMap<>();
    private final List<String> faults = new ArrayList<>();

    /** Held for reading by who operates, for writing by who wants all to rest. */
    private final ReentrantReadWriteLock rest = new ReentrantReadWriteLock(true);

    private final Memcached primary;
    private final Memcached backup;
    private final Wire toPrimary;
    private final Wire toBackup;
    private final ServingProxies proxies;

    private CopiesModel(Memcached primary, Memcached backup, Wire toPrimary, Wire toBackup, ServingProxies proxies) {
        this.primary = primary;
        this.backup = backup;
        this.toPrimary = toPrimary;
        this.toBackup = toBackup;
        this.proxies = proxies;
    }

    /** Runs it with two servers of its own, behind as many proxies. */
    static void run(int proxies) throws Exception {
        try (Memcached primary = Memcached.started();
                Memcached backup = Memcached.started();
                Wire toPrimary = Wire.to(primary);
                Wire toBackup = Wire.to(backup);
                ServingProxies serving = ServingProxies.start(proxies, pool(toPrimary, toBackup), LOOPS, SEED)) {
            new CopiesModel(primary, backup, toPrimary, toBackup, serving).run();
        }
    }

    private static PoolConfig pool(Wire toPrimary, Wire toBackup) {
        CopyPolicy usual = CopyPolicy.DEFAULT;
        return new PoolConfig(List.of(toPrimary.address()), List.of(toBackup.address()), Distribution.MODULO, TIMEOUTS)
                .with(new CopyPolicy(
                        usual.acknowledge(),
                        false,
                        usual.journalBytes(),
                        10_000,
                        usual.refillFor(),
                        usual.refillLifetime()));
    }

    private void run() throws Exception {
        try (Crew crew = new Crew();
                ReconnectingClient reading = new ReconnectingClient(proxies)) {
            createKeys(reading);
            for (int i = 0; i < CLIENTS; i++) {
                Random random = new Random(SEED * 1_000 + i);
                crew.start("client " + i, () -> {
                    try (ReconnectingClient client = new ReconnectingClient(proxies)) {
                        operate(new CheckedClient(client, keys, random, ids, answers), crew);
                    }
                });
            }
            for (int i = 0; i < NUISANCES; i++) {
                Nuisances nuisances = new Nuisances(proxies, new Random(SEED * 2_000 + i));
                crew.start("nuisance " + i, () -> nuisances.trouble(crew));
            }
            breakThings(crew, new CheckedClient(reading, keys, new Random(SEED), ids, answers));
            crew.stop();
            crew.await(LONGEST_WAIT);
        } catch (Throwable e) {
            throw new AssertionError(story() + '\n' + e.getMessage() + '\n' + proxies.describe(), e);
        }
        assertThat(answers.keySet())
                .as("kinds of answers; without one of them too little was tried; %s", story())
                .containsAll(KINDS);
    }

    private String story() {
        return "seed " + SEED + ", faults " + faults + ", answers " + answers;
    }

    private void createKeys(ReconnectingClient client) throws Exception {
        for (int i = 0; i < TEXT_KEYS; i++) {
            keys.add(ModelKey.ofText("text-" + i));
        }
        for (int i = 0; i < COUNTERS; i++) {
            keys.add(ModelKey.ofCounter("counter-" + i));
            assertThat(client.ask("set counter-" + i + " 0 0 1\r\n0\r\n")).isEqualTo("STORED");
        }
    }

    private void operate(CheckedClient client, Crew crew) throws Exception {
        while (crew.goesOn()) {
            rest.readLock().lock();
            try {
                client.operate();
            } finally {
                rest.readLock().unlock();
            }
        }
    }

    private void breakThings(Crew crew, CheckedClient reader) throws Exception {
        Random random = new Random(SEED);
        long beginNanos = System.nanoTime();
        waitMillis(300, crew);
        while (mustGoOn(System.nanoTime() - beginNanos)) {
            toPrimary.delayAnswers(someMillis(random));
            toBackup.delayAnswers(someMillis(random));
            int millis = 50 + random.nextInt(LONGEST_FAULT_MILLIS);
            if (FAULTS.isEmpty()) {
                waitMillis(millis, crew);
            } else {
                breakOne(FAULTS.get(random.nextInt(FAULTS.size())), random.nextBoolean(), millis, random, crew);
            }
            handOverSometimes(random);
            recover(crew, reader);
            waitMillis(random.nextInt(300), crew);
        }
    }

    private boolean mustGoOn(long nanos) {
        int seconds = answers.keySet().containsAll(KINDS) ? SECONDS : MOST_SECONDS;
        return nanos < TimeUnit.SECONDS.toNanos(seconds);
    }

    /** Mostly none; answers that are under way for longer meet more of what else happens. */
    private static Duration someMillis(Random random) {
        return random.nextInt(3) == 0 ? Duration.ofMillis(1 + random.nextInt(10)) : Duration.ZERO;
    }

    private void breakOne(Fault fault, boolean ofPrimary, int millis, Random random, Crew crew) throws Exception {
        faults.add(fault + " of the " + (ofPrimary ? "primary" : "backup") + " for " + millis + " ms");
        begin(fault, ofPrimary);
        int before = random.nextInt(millis);
        waitMillis(before, crew);
        handOverSometimes(random);
        waitMillis(millis - before, crew);
        end(fault, ofPrimary);
    }

    /** Often there and back: what the first left waiting meets its own later reign. */
    private void handOverSometimes(Random random) throws Exception {
        if (proxies.areMany()) {
            int times = random.nextInt(3);
            faults.add(times + " hand-overs");
            for (int i = 0; i < times; i++) {
                proxies.handOver();
            }
        }
    }

    private static void waitMillis(int millis, Crew crew) {
        await().pollDelay(Duration.ofMillis(millis)).atMost(LONGEST_WAIT).until(() -> true);
        crew.check();
    }

    private void begin(Fault fault, boolean ofPrimary) {
        switch (fault) {
            case KILL -> (ofPrimary ? primary : backup).kill();
            case FREEZE -> (ofPrimary ? primary : backup).freeze();
            case CUT -> (ofPrimary ? toPrimary : toBackup).cut();
            case SLOW -> (ofPrimary ? toPrimary : toBackup).delayAnswers(Duration.ofMillis(50));
        }
    }

    private void end(Fault fault, boolean ofPrimary) throws Exception {
        switch (fault) {
            case KILL -> (ofPrimary ? primary : backup).start();
            case FREEZE -> (ofPrimary ? primary : backup).thaw();
            case CUT -> (ofPrimary ? toPrimary : toBackup).heal();
            case SLOW -> (ofPrimary ? toPrimary : toBackup).delayAnswers(Duration.ZERO);
        }
    }

    /** Before the other server may fail, this one must have everything again. The clients go on until it may have. */
    private void recover(Crew crew, CheckedClient reader) throws Exception {
        reader.getAll();
        ReplicaStatuses.awaitNoneOut(proxies.serving());
        reader.getAll();
        crew.check();
        assertThat(rest.writeLock().tryLock(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS))
                .as("all clients answered in %s", LONGEST_WAIT)
                .isTrue();
        try {
            crew.check();
            Map<String, StoredCopy> held = awaitEqualCopies(reader);
            for (ModelKey key : keys) {
                StoredCopy copy = held.get(key.name());
                key.settle(copy == null ? null : copy.value());
            }
            reader.getAll();
        } finally {
            rest.writeLock().unlock();
        }
    }

    private Map<String, StoredCopy> awaitEqualCopies(CheckedClient reader) {
        List<String> names = keys.stream().map(ModelKey::name).toList();
        await("equal copies").atMost(LONGEST_WAIT.dividedBy(2)).untilAsserted(() -> {
            reader.getAll();
            Map<String, StoredCopy> onPrimary = Copies.of(primary, names);
            ModelFindings different = new ModelFindings();
            different.addAll(Copies.differences(onPrimary, Copies.of(backup, names), names));
            onPrimary.forEach((key, copy) -> {
                if (copy.value().isEmpty()) {
                    different.add(key + " is being refilled");
                }
            });
            assertThat(ReplicaStatuses.servers(proxies.serving()))
                    .noneMatch(server -> server.status() == ReplicaStatus.OUT);
            different.assertNone("keys that differ (primary / backup)");
        });
        try {
            return Copies.of(primary, names);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
