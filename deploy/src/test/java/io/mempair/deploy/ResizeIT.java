package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The servers of a pair change under load while the active node is killed: 3 to 4 in the copy, 4 to 2 about the switch; and while a
 * source stands still, the change is taken back, and both nodes are killed. No key is missing, and no old value is read. Prints the time line.
 */
@Timeout(3_600)
class ResizeIT {

    private static final int KEYS = Integer.getInteger("mempair.resize.keys", 20_000);

    /** Keys a second: about three quarters of the keys move from three servers to four. */
    private static final int RATE = Math.max(1_000, KEYS / 8);

    /** Longer than requests and probes wait. */
    private static final Duration STANDSTILL = Duration.ofSeconds(3);

    private static final Duration LIMIT = Duration.ofSeconds(120 + KEYS / 500);
    private static final String THREE = "10.77.0.21:11211, 10.77.0.21:11212, 10.77.0.22:11211";
    private static final String FOUR = THREE + ", 10.77.0.22:11212";
    private static final String TWO = "10.77.0.22:11212, 10.77.0.21:11212";
    private static final Pattern COPIED = Pattern.compile("\"copied\":([0-9]+)");

    @RegisterExtension
    private final Lab lab = new Lab();

    private final List<String> keys =
            IntStream.range(0, KEYS).mapToObj(i -> "key-" + i).toList();

    private final long startNanos = System.nanoTime();

    @Test
    void everyKeyIsThereWhenTheActiveNodeIsKilledInTheCopyAndAboutTheSwitch() throws Exception {
        start("2s");
        writeAll();
        try (var readers = new CheckedReaders(2, KEYS, ResizeIT::value, this::client);
                var writers = new CheckedWriters(2, this::client)) {
            lab.until("all is read", () -> readers.reads() > KEYS);

            rewriteServers(THREE, FOUR);
            say("reload on a: 3 to 4 servers", writers);
            lab.reload("a").orFail();
            lab.until("a tenth is copied", () -> copied("a") > KEYS / 10);
            lab.lab("fault", "killall-a").orFail();
            say("a killed in the copy", writers);
            lab.until("b serves", () -> lab.isActive("b"));
            say("b serves", writers);
            lab.until("b has moved the keys", LIMIT, () -> phase("b").equals("done"));
            say("b has moved the keys", writers);
            restartAsStandby("a");

            rewriteServers(FOUR, TWO);
            say("reload on b: 4 to 2 servers", writers);
            lab.reload("b").orFail();
            lab.until("b switches", LIMIT, () -> hasSwitched("b"));
            lab.lab("fault", "killall-b").orFail();
            say("b killed about the switch", writers);
            lab.until("a serves", () -> lab.isActive("a"));
            say("a serves", writers);
            lab.until("a has moved the keys", LIMIT, () -> phase("a").equals("done"));
            say("a has moved the keys", writers);
            long before = readers.reads();
            lab.until("all is read again", () -> readers.reads() > before + KEYS);

            assertThat(readers.end()).as("lies, %s", readers).isEmpty();
            assertThat(writers.end()).as("lies, %s", writers).isEmpty();
            System.out.println("[resize] " + KEYS + " keys: " + readers + "; " + writers);
        }
        assertAllAreThere();
        assertNothingIsLeft("10.77.0.21 11211", "10.77.0.22 11211");
    }

    /** With one copy the keys of a server that stands still cannot be had; so only single keys are read. */
    @Test
    void everyKeyIsThereWhenASourceStandsStillTheMoveIsTakenBackAndBothNodesAreKilled() throws Exception {
        Process source = start("10m");
        writeAll();
        try (var readers = new CheckedReaders(1, KEYS, ResizeIT::value, this::client);
                var writers = new CheckedWriters(2, this::client)) {
            rewriteServers(THREE, FOUR);
            say("reload on a: 3 to 4 servers", writers);
            lab.reload("a").orFail();
            lab.until("a tenth is copied", () -> copied("a") > KEYS / 10);
            signal("STOP", source);
            say("a source stands still in the copy", writers);
            long waits = System.nanoTime() + STANDSTILL.toNanos();
            lab.until("it has stood still", () -> System.nanoTime() > waits);
            signal("CONT", source);
            say("it goes on", writers);
            lab.until("a keeps the former servers", LIMIT, () -> phase("a").equals("keep"));
            say("a leads the next servers and keeps the former ones", writers);
            long before = readers.reads();
            lab.until("they are read", () -> readers.reads() > before + 1_000);
            Lab.mempair("rebalance", "abort", "--config", lab.config("a").toString())
                    .orFail();
            lab.until("a has gone back", LIMIT, () -> phase("a").equals("aborted"));
            say("taken back: a leads the former servers", writers);

            lab.reload("a").orFail();
            say("reload on a again", writers);
            lab.until("a tenth is copied again", () -> phase("a").equals("copy") && copied("a") > KEYS / 10);
            for (String node : List.of("a", "b")) {
                lab.lab("fault", "killall-" + node).orFail();
            }
            say("both nodes killed in the copy", writers);
            startAgain("a");
            lab.until("a serves", () -> lab.isActive("a"));
            say("a serves", writers);
            restartAsStandby("b");
            lab.until("a keeps the former servers", LIMIT, () -> phase("a").equals("keep"));
            Lab.mempair("rebalance", "finish", "--config", lab.config("a").toString())
                    .orFail();
            lab.until("a has moved the keys", LIMIT, () -> phase("a").equals("done"));
            say("a has moved the keys", writers);

            assertThat(readers.end()).as("lies, %s", readers).isEmpty();
            assertThat(writers.end()).as("lies, %s", writers).isEmpty();
            System.out.println("[resize] " + KEYS + " keys: " + readers + "; " + writers);
        }
        assertAllAreThere();
    }

    private void signal(String name, Process server) {
        lab.on("m1", "kill", '-' + name, String.valueOf(server.pid())).orFail();
    }

    /** Returns the server that a source of keys is. */
    private Process start(String keep) {
        Process source = lab.startMemcached("m1", "10.77.0.21", 11211);
        lab.startMemcached("m1", "10.77.0.21", 11212);
        lab.startMemcached("m2", "10.77.0.22", 11211);
        lab.startMemcached("m2", "10.77.0.22", 11212);
        lab.startNodes(Map.of("MEMPAIR_SERVERS", THREE));
        for (String node : List.of("b", "a")) {
            copyKeys(node, keep);
            assertThat(lab.reload(node).orFail()).contains("proxy.rebalance: off -> copy");
        }
        return source;
    }

    private void copyKeys(String node, String keep) {
        lab.rewrite(
                node,
                file -> file.replace(
                        "  backups: []\n",
                        "  rebalance: copy\n  rebalance-keep: " + keep + "\n  rebalance-rate: " + RATE + "\n"));
    }

    private void rewriteServers(String now, String next) {
        for (String node : List.of("a", "b")) {
            lab.rewrite(node, file -> file.replace("[" + now + ']', "[" + next + ']'));
        }
    }

    /** With the file as it is now: the list that keys have moved to. */
    private void restartAsStandby(String node) {
        startAgain(node);
        lab.until(node + " is standby", () -> lab.role(node).equals("standby"));
    }

    private void startAgain(String node) {
        lab.on(node, "ip", "addr", "del", Lab.VIP + "/24", "dev", "eth0");
        lab.startMember(node, "node", "node", lab.config(node));
    }

    private LabClient client() {
        return lab.connect("c", Lab.VIP, 11211);
    }

    private static String value(int i) {
        return "value-" + i;
    }

    private void writeAll() throws IOException {
        List<String> requests = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            requests.add(LabClient.storage("set", keys.get(i), i, 0, value(i)));
        }
        try (LabClient client = client()) {
            assertThat(client.askAll(requests)).containsOnly("STORED");
        }
    }

    private String rebalance(String node) {
        Matcher part = Pattern.compile("\"rebalance\":\\{[^}]*}").matcher(lab.http(node, "/status"));
        return part.find() ? part.group() : "";
    }

    private String phase(String node) {
        Matcher phase = Pattern.compile("\"phase\":\"([a-z-]+)\"").matcher(rebalance(node));
        return phase.find() ? phase.group(1) : "none";
    }

    private long copied(String node) {
        Matcher copied = COPIED.matcher(rebalance(node));
        return copied.find() ? Long.parseLong(copied.group(1)) : 0;
    }

    private boolean hasSwitched(String node) throws IOException {
        String log = lab.log(node, "node");
        return log.substring(log.lastIndexOf("phase=sweep")).contains("phase=switch");
    }

    private void say(String what, CheckedWriters writers) {
        System.out.printf(
                "[resize] %7d ms  %s (longest read and write since: %d ms, %s)%n",
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos),
                what,
                writers.takeLongestMillis(),
                writers);
    }

    private void assertAllAreThere() throws IOException {
        try (LabClient client = client()) {
            Map<String, LabClient.LabItem> items = client.getAll(keys);
            assertThat(items).hasSize(KEYS);
            for (int i = 0; i < KEYS; i++) {
                assertThat(items.get(keys.get(i)).flags()).isEqualTo(i);
            }
        }
    }

    private void assertNothingIsLeft(String... servers) {
        for (String left : servers) {
            String[] address = left.split(" ", -1);
            assertThat(lab.tcp("c", address[0], Integer.parseInt(address[1]), "lru_crawler metadump hash"))
                    .as("left on %s", left)
                    .doesNotContain("key=");
        }
    }
}
