package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.lab.ChildJvm;
import io.mempair.ha.lab.Namespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The checks against the real kernel, on a host whose gateway is the other host. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class FitnessIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    /** Nanoseconds: the goal is 50 ms, and two busy cores may add a stall. */
    private static final long CARRIER_LIMIT_NANOS = 250_000_000;

    @TempDir
    private Path folder;

    private Namespaces hosts;
    private ChildJvm node;
    private Path disk;

    @BeforeEach
    void makeHosts() throws IOException {
        hosts = new Namespaces();
        disk = Files.createFile(folder.resolve("disk"));
    }

    @AfterEach
    void removeHosts() {
        if (node != null) {
            node.close();
        }
        hosts.close();
    }

    private void startNode() throws IOException {
        node = new ChildJvm(hosts.name("a"), FitnessMain.class, "10.91.0.1", "10.91.0.2", disk.toString());
        await().atMost(SOON).until(() -> problems().equals(List.of("[]")));
    }

    private List<String> problems() {
        return lines("problems").stream()
                .map(line -> line.substring(line.indexOf("problems ") + "problems ".length()))
                .toList();
    }

    private List<String> lines(String word) {
        return node.lines.stream()
                .filter(line -> line.contains(' ' + word + ' '))
                .toList();
    }

    private static long nanosOf(String line) {
        return Long.parseLong(line.substring(0, line.indexOf(' ')));
    }

    private long lastHeardNanos() {
        List<String> heard = lines("heard");
        return heard.isEmpty() ? Long.MIN_VALUE : nanosOf(heard.get(heard.size() - 1));
    }

    @Test
    @Tag("timed")
    void aLostCarrierIsNoticedAtOnceAndIsGoodASecondAfterItIsBack() throws IOException {
        startNode();

        long cutNanos = System.nanoTime();
        hosts.link("b", "down");
        await().atMost(SOON).until(() -> problems().size() == 2);
        hosts.link("b", "up");
        long backNanos = System.nanoTime();
        await().atMost(SOON).until(() -> problems().size() == 3);

        List<String> lines = lines("problems");
        assertThat(lines.get(1)).contains("interface eth0 is down or has no carrier");
        assertThat(nanosOf(lines.get(1)) - cutNanos).isLessThan(CARRIER_LIMIT_NANOS);
        assertThat(lines.get(2)).endsWith("problems []");
        assertThat(nanosOf(lines.get(2)) - backNanos).isGreaterThan(900_000_000L);
    }

    @Test
    void aGatewayThatIsCutOffIsNoLongerHeardUntilTheHeal() throws IOException {
        hosts.defaultRoute("a", "10.91.0.2");
        startNode();
        await().atMost(SOON).until(() -> lines("heard").size() >= 5);

        hosts.cut();
        await().atMost(SOON).until(() -> System.nanoTime() - lastHeardNanos() > 3_000_000_000L);
        long healedNanos = System.nanoTime();
        hosts.heal();

        await().atMost(SOON).until(() -> lastHeardNanos() - healedNanos > 0);
        assertThat(node.hasSaid("asking [gateway 10.91.0.2]"))
                .as("%s", node.lines)
                .isTrue();
        assertThat(node.hasSaid("no answer from any of [gateway 10.91.0.2]"))
                .as("%s", node.lines)
                .isTrue();
    }

    @Test
    void withAMemcachedBesideEachNodeAndNoGatewayThePairPrefersToServe() throws IOException {
        startNode();
        await().atMost(SOON).until(() -> lines("heard").size() >= 5);

        hosts.cut();

        long cutNanos = System.nanoTime();
        await().atMost(SOON).until(() -> lastHeardNanos() - cutNanos > 3_000_000_000L);
        assertThat(node.hasSaid("no tie-breaker: this pair prefers to serve"))
                .as("%s", node.lines)
                .isTrue();
    }

    @Test
    void anOperatorsCheckThatFailsMakesTheNodeUnfitUntilItIsGoodAgain() throws IOException {
        startNode();

        Files.delete(disk);
        await().atMost(SOON).until(() -> problems().size() == 2);
        Files.createFile(disk);
        await().atMost(SOON).until(() -> problems().size() == 3);

        assertThat(problems()).containsExactly("[]", "[check disk: exit code 1]", "[]");
    }
}
