package io.mempair.ha.cli;

import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.warmup.LoopbackWarmup;
import io.mempair.proxy.warmup.ReservedPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * {@code mempair train}: runs once what a node runs, on the loopback, and ends. The JVM watches it and writes down which
 * classes and methods were needed; {@code mempair cache} of the start script makes a file of that. Not for operators.
 */
@Command(
        name = "train",
        hidden = true,
        description = "Runs a pair on the loopback for the cache of the start script.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class TrainCommand implements Callable<Integer> {

    /** So that the profile tells the hot methods from the others. */
    private static final int REQUESTS = 40_000;

    private static final Duration WARMUP_LIMIT = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(20);

    /** Needed by a node that holds its address by the guard, which this one must not. */
    private static final List<String> UNTRAINED = List.of(
            "io.mempair.ha.address.Guard",
            "io.mempair.ha.address.GuardAnswers",
            "io.mempair.ha.address.GuardKeeper",
            "io.mempair.ha.address.GuardProcess",
            "io.mempair.ha.address.GuardPulse",
            "io.mempair.ha.address.GuardRemarks",
            "io.mempair.ha.address.HookedAddress");

    private static final String BACKUPS = "'127.0.0.1:2'";

    private static final String FILE = """
        node: {name: %s, priority: %d}
        group: {bind: 127.0.0.1, port: %d, peers: ['127.0.0.1:%d'], tie-breaker: none}
        virtual-address: {address: 127.77.0.1/32, interface: lo}
        hooks: {address: hooks, claim: /bin/true, release: /bin/true, timeout: 2s}
        proxy: {listen: '127.0.0.1:%d', servers: '127.0.0.1:1', backups: [%s]}
        admin: {http: '127.0.0.1:%d', control: %s}
        """;

    private final Clock clock = new SystemClock();

    /** Held until the process ends. */
    private final List<ReservedPort> reserved = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("mempair-train");
        try {
            UNTRAINED.forEach(TrainCommand::load);
            int first = port();
            int second = port();
            warmUp(node(folder, "a", 110, first, second, ""));
            NodeConfig one = node(folder, "a", 110, first, second, BACKUPS);
            NodeConfig two = node(folder, "b", 100, second, first, BACKUPS);
            warmUp(two);
            // alike, or neither hands over to the other
            new TrainingPair(one, two, this::await).takeTurns();
            return 0;
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted((left, right) -> right.compareTo(left)).forEach(TrainCommand::delete);
            }
        }
    }

    private static void load(String name) {
        try {
            Class.forName(name, false, TrainCommand.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(name + " was renamed", e);
        }
    }

    private NodeConfig node(Path folder, String name, int priority, int port, int peerPort, String backups)
            throws IOException, ConfigException {
        Path control = folder.resolve(name + ".sock");
        String text = FILE.formatted(name, priority, port, peerPort, port(), backups, port(), control);
        return ConfigReader.readNode(Files.writeString(folder.resolve(name + ".yaml"), text));
    }

    private void warmUp(NodeConfig node) throws CommandFailure {
        var warmup = new LoopbackWarmup(node.proxy(), true, REQUESTS);
        warmup.begin();
        await(WARMUP_LIMIT, "the warmup ends", () -> !warmup.isUnderWay());
    }

    private void await(Duration limit, String what, BooleanSupplier condition) throws CommandFailure {
        long beganNanos = clock.nanoTime();
        while (!condition.getAsBoolean()) {
            if (clock.nanoTime() - beganNanos > limit.toNanos()) {
                throw new CommandFailure("not within " + limit.toSeconds() + " s: " + what);
            }
            clock.pause(PAUSE);
        }
    }

    private int port() throws IOException {
        ReservedPort port = new ReservedPort();
        reserved.add(port);
        return port.number();
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
