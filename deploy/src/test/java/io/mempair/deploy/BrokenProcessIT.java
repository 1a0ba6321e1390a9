package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.deploy.faults.AddressWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process whose inside breaks ends at once with exit code 1, whatever it is, and what depends on it is taken over. With a full
 * heap too, where the JVM of its own accord would exit with code 3, or go on.
 */
@Timeout(240)
class BrokenProcessIT {

    @RegisterExtension
    private final Lab lab = new Lab();

    @TempDir
    private Path folder;

    private Path order() {
        return folder.resolve("order");
    }

    /** The whole of it or nothing is there. */
    private void give(String order) throws IOException {
        Files.move(Files.writeString(folder.resolve("order.new"), order), order());
    }

    private static void assertEnds(Process process) throws InterruptedException {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
    }

    private Process startBreakable(String host, String what, String command, Path config) throws IOException {
        return lab.start(
                host,
                what,
                "env",
                "MEMPAIR_JAVA_OPTS=" + Installation.QUICK_FLAG + ' ' + BreakingAgent.option(folder, order()),
                Installation.mempair(),
                command,
                "--config",
                config.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"end a loop", "run out of memory in a task", "end the agent", "fill the heap"})
    void anActiveNodeThatBreaksEndsAndItsPeerServes(String order) throws Exception {
        try (var watch = new AddressWatch(lab.watch(), Lab.VIP)) {
            watch.awaitReady();
            lab.startMemcached("m1");
            lab.startMemcached("m2");
            lab.writeConfig("a", Map.of());
            Process a = startBreakable("a", "node", "node", lab.config("a"));
            lab.until("a is active", () -> lab.isActive("a"));
            lab.startNode("b", Map.of());
            lab.until("b is standby", () -> lab.role("b").equals("standby"));
            long settledMicros = AddressWatch.nowMicros();

            give(order);

            assertEnds(a);
            lab.until("b is active", () -> lab.isActive("b"));
            assertThat(lab.throughTheAddress("version")).startsWith("VERSION");
            assertThat(lab.holdsAddress("a")).isFalse();
            assertThat(lab.holdsAddress("b")).isTrue();
            assertThat(watch.bothHeldSince(settledMicros)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"end the agent", "fill the heap"})
    void aWitnessThatBreaksEnds(String order) throws Exception {
        lab.writeConfig("w", Map.of("MEMPAIR_WITNESS", "yes"));
        Process witness = startBreakable("w", "witness", "witness", lab.config("w"));
        lab.until("the witness answers", () -> lab.role("w").equals("witness"));

        give(order);

        assertEnds(witness);
    }

    private Process startBreakableProxy() throws IOException {
        lab.startMemcached("m1");
        Process proxy = lab.start(
                "a",
                "proxy",
                "env",
                "MEMPAIR_JAVA_OPTS=" + Installation.QUICK_FLAG + ' ' + BreakingAgent.option(folder, order()),
                Installation.mempair(),
                "proxy",
                "-l",
                "10.77.0.11",
                "-s",
                "10.77.0.21",
                "--http",
                "10.77.0.11:9411");
        lab.until(
                "the proxy serves",
                () -> lab.tcp("a", "10.77.0.11", 11211, "get a").contains("END"));
        return proxy;
    }

    @ParameterizedTest
    @ValueSource(strings = {"end a loop", "run out of memory in a task", "fill the heap"})
    void aProxyThatBreaksEnds(String order) throws Exception {
        Process proxy = startBreakableProxy();

        give(order);

        assertEnds(proxy);
    }

    @Test
    void aProxyWithALoopThatIsStuckIsNotHealthy() throws Exception {
        Process proxy = startBreakableProxy();
        lab.until("it is healthy", () -> lab.http("a", "/health/live").contains(" 200 "));

        give("hold a loop");

        lab.until("it is not alive", () -> lab.http("a", "/health/live").contains(" 503 "));
        assertThat(lab.http("a", "/health/live")).containsPattern("event loop [0-9] has not come round for [0-9]+ ms");
        assertThat(lab.http("a", "/health/ready")).contains(" 503 ");
        assertThat(proxy.isAlive()).isTrue();
    }
}
