package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.certificate.CertificateFolder;
import io.mempair.ha.config.Profile;
import io.mempair.ha.lab.ChildJvm;
import io.mempair.ha.lab.Namespaces;
import io.mempair.ha.time.SystemClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The channel of a running pair, secured in each way, and strangers who try it from b's host. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ChannelSecurityIT {

    private static final String STRANGER = "10.91.0.3";
    private static final long SEED = 20_261_121;

    @TempDir
    private Path files;

    private final List<ChildJvm> children = new ArrayList<>();
    private Namespaces hosts;
    private ChildJvm a;
    private ChildJvm b;

    @BeforeEach
    void makeHostsAndSecrets() throws IOException {
        hosts = new Namespaces();
        hosts.add("b", STRANGER + "/24");
        new CertificateFolder(files.resolve("pair"), new SystemClock()).add(List.of("a", "b"));
        new CertificateFolder(files.resolve("other"), new SystemClock()).add(List.of("c"));
        Files.writeString(files.resolve("pair.key"), "of the pair, 24 bytes...");
        Files.writeString(files.resolve("other.key"), "of others, 24 bytes.....");
    }

    @AfterEach
    void removeHosts() {
        children.forEach(ChildJvm::close);
        hosts.close();
    }

    private ChildJvm node(String name, String own, String peer, String security) throws IOException {
        String how = switch (security) {
            case "tls" -> "tls:" + files.resolve("pair");
            case "key" -> "key:" + files.resolve("pair.key");
            case "other tls" -> "tls:" + files.resolve("other");
            case "other key" -> "key:" + files.resolve("other.key");
            default -> security;
        };
        ChildJvm node = new ChildJvm(
                hosts.name(name.equals("a") ? "a" : "b"),
                NodeMain.class,
                name,
                name.equals("a") ? "200" : "100",
                own,
                peer,
                Profile.DEFAULT.name(),
                how);
        children.add(node);
        return node;
    }

    private void startPair(String security) throws IOException {
        a = node("a", "10.91.0.1", "10.91.0.2", security);
        await().atMost(Duration.ofSeconds(20)).until(() -> a.hasSaid("-> ACTIVE"));
        b = node("b", "10.91.0.2", "10.91.0.1", security);
        await().atMost(Duration.ofSeconds(20)).until(() -> b.hasSaid("-> STANDBY"));
        await().atMost(Duration.ofSeconds(20)).until(() -> b.hasSaid("|1] (2)") || b.hasSaid("(2) ["));
        await().during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(10))
                .until(() -> hosts.carries("a") && !hosts.carries("b"));
    }

    /** Every transition and every view both nodes have seen. */
    private List<String> events() {
        return List.of(a, b).stream()
                .flatMap(node -> node.lines.stream())
                .filter(line -> line.contains("CrashWatch: view") || line.contains("epoch="))
                .toList();
    }

    private long refusals(ChildJvm node) {
        return node.lines.stream()
                .filter(line -> line.contains("refused a connection"))
                .count();
    }

    private void killAndExpectTakeOver(String what, long limitMillis) {
        long fromNanos = System.nanoTime();
        a.signal("KILL");
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(3))
                .until(() -> b.hasSaid("STANDBY -> ACTIVE"));
        long tookMillis = (System.nanoTime() - fromNanos) / 1_000_000;
        System.out.println("kill -9, " + what + ": active on b after " + tookMillis + " ms");
        assertThat(tookMillis).as("%s", b.lines).isLessThan(limitMillis);
        assertThat(b.hasSaid("reason=\"a died\"")).as("%s", b.lines).isTrue();
        assertThat(hosts.carries("b")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls", "key"})
    @Tag("timed")
    void aSecuredPairTakesOverAsFastAsOneThatIsNot(String security) throws IOException {
        startPair(security);

        assertThat(refusals(a) + refusals(b)).as("%s %s", a.lines, b.lines).isZero();
        assertThat(a.hasSaid("is not secured")).isFalse();
        killAndExpectTakeOver(security, 250);
    }

    @ParameterizedTest
    @CsvSource({"none, none", "tls, none", "tls, other tls", "key, none", "key, other key"})
    void aStrangersNodeNeitherJoinsNorDisturbs(String pairs, String strangers) throws IOException {
        startPair(pairs);
        List<String> before = events();

        ChildJvm stranger = node("c", STRANGER, "10.91.0.1", strangers);
        await().atMost(Duration.ofSeconds(20)).until(() -> refusals(a) > 0);

        await().during(Duration.ofSeconds(4)).atMost(Duration.ofSeconds(10)).until(() -> events().equals(before));
        assertThat(refusals(a)).as("once a minute: %s", a.lines).isEqualTo(1);
        assertThat(a.lines).anyMatch(line -> line.contains("refused a connection to the channel from " + STRANGER));
        assertThat(stranger.lines).noneMatch(line -> line.contains("CrashWatch: view") && line.contains("a,"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "tls", "key"})
    @Tag("timed")
    void aFloodOfNonsenseHoldsUpNothing(String security) throws Exception {
        startPair(security);
        List<String> before = events();
        for (String source : List.of(STRANGER, "10.91.0.2")) {
            ChildJvm flood = new ChildJvm(hosts.name("b"), FloodMain.class, "10.91.0.1", source, Long.toString(SEED));
            children.add(flood);
            await().atMost(Duration.ofSeconds(30)).until(() -> flood.hasSaid("flooding"));
            // strangers have processors of their own; what is tested is not who gets these two
            Process nice = new ProcessBuilder("bash", "-c", "renice -n 19 -p $(ls /proc/" + flood.pid() + "/task)")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(nice.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(flood.lines).contains("detector: refused");
        }

        await("seed " + SEED)
                .during(Duration.ofSeconds(5))
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(events()).isEqualTo(before));
        assertThat(refusals(a)).as("%s", a.lines).isBetween(1L, 2L);
        killAndExpectTakeOver(security + ", flooded", 600); // the floods take the processors too; the lease is 700
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "key"})
    void theChannelIsTheOnlyPort(String security) throws IOException {
        startPair(security);

        String tcp = Files.readString(Path.of("/proc/" + a.pid() + "/net/tcp"))
                + Files.readString(Path.of("/proc/" + a.pid() + "/net/tcp6"));
        String udp = Files.readString(Path.of("/proc/" + a.pid() + "/net/udp"))
                + Files.readString(Path.of("/proc/" + a.pid() + "/net/udp6"));

        assertThat(tcp.lines().filter(line -> line.matches(".*:[0-9A-F]{4} \\S+ 0A .*"))) // listening
                .singleElement()
                .asString()
                .contains(":1E78"); // 7800
        assertThat(udp.lines().filter(line -> !line.contains("local_address"))).isEmpty();
    }
}
