package io.mempair.ha.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.lab.ChildJvm;
import io.mempair.ha.lab.Namespaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several addresses of both families against the real kernel, and what a neighbour knows of them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GuardAddressesIT {

    private static final String SECOND = "10.91.0.101";
    private static final String IPV6 = "fd91::100";

    /** Of a host that is gone. */
    private static final String OLD_MAC = "02:00:00:00:00:99";

    private Namespaces hosts;
    private ChildJvm node;

    @BeforeEach
    void startNode() throws IOException {
        hosts = new Namespaces();
        hosts.on("a", "ip", "addr", "add", "fd91::1/64", "dev", "eth0", "nodad");
        hosts.on("b", "ip", "addr", "add", "fd91::2/64", "dev", "eth0", "nodad");
        node = new ChildJvm(hosts.name("a"), GuardMain.class, Namespaces.VIP + "/24", SECOND + "/24", IPV6 + "/64");
        await().atMost(Duration.ofSeconds(10)).until(() -> node.hasSaid("observed false"));
        node.say("lease 60000");
    }

    @AfterEach
    void stopNode() {
        node.close();
        hosts.close();
    }

    private void awaitSaid(String text) {
        await().alias("said " + text)
                .pollInterval(Duration.ofMillis(5))
                .pollDelay(Duration.ZERO)
                .atMost(Duration.ofSeconds(5))
                .until(() -> node.hasSaid(text));
    }

    /** How many of the three the interface carries. */
    private long carried(String host) {
        String all = hosts.on(host, "ip", "-o", "addr", "show", "dev", "eth0");
        return all.lines()
                .filter(line -> line.contains(" " + Namespaces.VIP + "/")
                        || line.contains(" " + SECOND + "/")
                        || line.contains(" " + IPV6 + "/"))
                .count();
    }

    private String mac(String host) {
        String[] words =
                hosts.on(host, "ip", "-o", "link", "show", "dev", "eth0").split(" +", -1);
        for (int i = 0; i < words.length - 1; i++) {
            if (words[i].equals("link/ether")) {
                return words[i + 1];
            }
        }
        throw new AssertionError("no hardware address");
    }

    private void renew() {
        try {
            node.say("lease 60000");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void allAddressesComeStayAndGoTogether() throws Exception {
        node.say("claim 1");
        awaitSaid("claimed 1");
        assertThat(carried("a")).isEqualTo(3);

        // by a timer of its own: to look at the interface takes as long as a busy host wants
        ScheduledExecutorService feeder = Executors.newSingleThreadScheduledExecutor();
        try {
            feeder.scheduleAtFixedRate(this::renew, 0, 50, TimeUnit.MILLISECONDS);
            await().pollInterval(Duration.ofMillis(100))
                    .during(Duration.ofMillis(2_500))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> carried("a") == 3);
        } finally {
            feeder.shutdownNow();
            assertThat(feeder.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        }

        node.say("release 1");
        awaitSaid("released 1");
        assertThat(carried("a")).isZero();
    }

    @Test
    void oneThatCannotBeAddedReleasesTheOthersAndIsNamed() throws IOException {
        hosts.on("a", "bash", "-c", "echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6");

        node.say("claim 2");

        awaitSaid("failed 2 " + IPV6 + "/64: ");
        assertThat(carried("a")).isZero();
    }

    @Test
    void neighboursThatKnewTheOldHostKnowTheNewOneWithinASecond() throws IOException {
        for (String address : new String[] {Namespaces.VIP, SECOND, IPV6}) {
            hosts.on("b", "ip", "neigh", "replace", address, "lladdr", OLD_MAC, "dev", "eth0", "nud", "reachable");
        }
        String newMac = mac("a");

        node.say("claim 3");
        awaitSaid("claimed 3");

        await().pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(1))
                .until(() -> {
                    String known = hosts.on("b", "ip", "neigh", "show", "dev", "eth0");
                    return !known.contains(OLD_MAC)
                            && known.lines().anyMatch(line -> line.startsWith(IPV6 + " ") && line.contains(newMac))
                            && known.lines().anyMatch(line -> line.startsWith(SECOND + " ") && line.contains(newMac));
                });
    }

    /** By an {@code ip} that asks for another address the first two times, as if this one was not in use yet. */
    @Test
    void anAddressIsAnnouncedWhenTheKernelHasPutItToUse(@TempDir Path programs) throws IOException {
        Path seen = programs.resolve("seen");
        program(programs.resolve("ip"), """
                [ "$3" = -batch ] || exec %1$s "$@"
                exec %1$s "$@" < <(asked=0; while IFS= read -r line; do
                    if [[ $line == "route get "* ]] && (( asked++ < 2 )); then
                        line="route get fd91::1"
                        echo asked >> %2$s
                    fi
                    echo "$line"
                done)
                """.formatted(hosts.on("a", "which", "ip"), seen));
        program(programs.resolve("perl"), """
                [ "$3" != advertise ] || echo advertised >> %2$s
                exec %1$s "$@"
                """.formatted(hosts.on("a", "which", "perl"), seen));
        String path = "PATH=" + programs + ':' + System.getenv("PATH");
        try (ChildJvm slow = new ChildJvm(hosts.name("b"), GuardMain.class, path, IPV6 + "/64")) {
            await().atMost(Duration.ofSeconds(10)).until(() -> slow.hasSaid("observed false"));
            slow.say("lease 60000");
            slow.say("claim 1");

            await().atMost(Duration.ofSeconds(10))
                    .until(() -> Files.exists(seen) && Files.readAllLines(seen).contains("advertised"));
        }
        assertThat(Files.readAllLines(seen)).startsWith("asked", "asked", "advertised");
    }

    private static void program(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/bash\n" + text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void anUnhurriedClaimIsRefusedWhenAnotherHostHoldsAnIpv4Address() throws IOException {
        hosts.add("b", SECOND + "/24");

        node.say("claim 4 unhurried");

        awaitSaid("failed 4 another host holds " + SECOND + ' ' + mac("b"));
        assertThat(carried("a")).isZero();
    }

    @Test
    void anUnhurriedClaimIsRefusedWhenAnotherHostHoldsAnIpv6Address() throws IOException {
        hosts.on("b", "ip", "addr", "add", IPV6 + "/64", "dev", "eth0", "nodad");

        node.say("claim 5 unhurried");

        awaitSaid("failed 5 another host holds " + IPV6 + ' ' + mac("b"));
        assertThat(carried("a")).isZero();
    }

    @Test
    void anUnhurriedClaimOfFreeAddressesSucceeds() throws IOException {
        node.say("claim 6 unhurried");

        awaitSaid("claimed 6");
        assertThat(carried("a")).isEqualTo(3);
    }

    @Test
    void aSecondInterfaceOfThisHostIsNoOtherHost() throws IOException {
        hosts.on("b", "ip", "link", "set", "eth0", "netns", hosts.name("a"), "name", "eth1");
        hosts.on("a", "ip", "link", "set", "eth1", "up");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> hosts.on("a", "ip", "link", "show", "eth0").contains("LOWER_UP"));

        node.say("claim 8");
        awaitSaid("claimed 8");

        await().pollInterval(Duration.ofMillis(100))
                .during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(5))
                .until(() -> {
                    renew();
                    node.say("announce");
                    node.say("conflicts");
                    return node.lines.stream().noneMatch(line -> line.matches("conflicts [1-9]\\d*"));
                });
        assertThat(node.hasSaid("conflicts 0")).isTrue();
    }

    @Test
    void aHurriedClaimIsNotHeldUpByAnotherHolderButCountsIt() throws IOException {
        hosts.add("b", SECOND + "/24");

        node.say("claim 7");

        awaitSaid("claimed 7");
        await().pollInterval(Duration.ofMillis(50))
                .atMost(Duration.ofSeconds(3))
                .until(() -> {
                    node.say("conflicts");
                    return node.hasSaid("conflicts 1");
                });
    }
}
