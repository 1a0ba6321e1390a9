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
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An IPv6 address on a host that has neither perl nor ndsend: the kernel tells the neighbours where it is. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GuardWithoutPerlIT {

    private static final String IPV6 = "fd91::100";

    /** Of a host that is gone. */
    private static final String OLD_MAC = "02:00:00:00:00:99";

    private static final int TAKE_OVERS = 20;

    @TempDir
    Path programs;

    private Namespaces hosts;
    private ScheduledExecutorService renew;

    @BeforeEach
    void startHosts() throws IOException {
        hosts = new Namespaces();
        hosts.on("a", "ip", "addr", "add", "fd91::1/64", "dev", "eth0", "nodad");
        hosts.on("b", "ip", "addr", "add", "fd91::2/64", "dev", "eth0", "nodad");
        for (String program : List.of("bash", "setsid", "ip", "arping", "timeout", "sleep", "chrt", "renice", "rm")) {
            Path here = programs.resolve(program);
            Files.writeString(here, "#!/bin/sh\nexec " + hosts.on("a", "which", program) + " \"$@\"\n");
            assertThat(here.toFile().setExecutable(true)).isTrue();
        }
    }

    @AfterEach
    void stopHosts() {
        renew.shutdownNow();
        hosts.close();
    }

    private ChildJvm node() throws IOException {
        ChildJvm node = new ChildJvm(hosts.name("a"), GuardMain.class, "PATH=" + programs, IPV6 + "/64");
        awaitSaid(node, "observed false");
        lease(node); // before any claim
        renew = Executors.newSingleThreadScheduledExecutor();
        renew.scheduleAtFixedRate(() -> lease(node), 0, 50, TimeUnit.MILLISECONDS);
        return node;
    }

    private static void lease(ChildJvm node) {
        try {
            node.say("lease 60000");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitSaid(ChildJvm node, String text) {
        await().alias("said " + text)
                .pollInterval(Duration.ofMillis(5))
                .pollDelay(Duration.ZERO)
                .atMost(Duration.ofSeconds(5))
                .until(() -> node.hasSaid(text));
    }

    private void neighbourKnowsTheOldHost() {
        hosts.on("b", "ip", "neigh", "replace", IPV6, "lladdr", OLD_MAC, "dev", "eth0", "nud", "reachable");
    }

    private void awaitNeighbourKnowsTheNewHost(String when) {
        await().alias(when)
                .pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofMillis(800))
                .untilAsserted(() -> assertThat(hosts.on("b", "ip", "neigh", "show", IPV6, "dev", "eth0"))
                        .doesNotContain(OLD_MAC));
    }

    private String searchesDuplicates() {
        return hosts.on("a", "cat", "/proc/sys/net/ipv6/conf/eth0/accept_dad");
    }

    private String addresses(String host) {
        return hosts.on(host, "ip", "-6", "-o", "addr", "show", "dev", "eth0");
    }

    @Test
    void neighboursKnowTheNewHostAfterEachTakeOver() throws IOException {
        try (ChildJvm node = node()) {
            for (int takeOver = 1; takeOver <= TAKE_OVERS; takeOver++) {
                neighbourKnowsTheOldHost();
                node.say("claim " + takeOver);
                awaitSaid(node, "claimed " + takeOver);
                awaitNeighbourKnowsTheNewHost("take-over " + takeOver);
                await().atMost(Duration.ofSeconds(5))
                        .untilAsserted(() -> assertThat(searchesDuplicates()).isEqualTo("1"));
                node.say("release " + takeOver);
                awaitSaid(node, "released " + takeOver);
            }
            assertThat(addresses("a")).doesNotContain(IPV6);
        }
    }

    /** By an {@code ip} that kills its guard at the question that it asks while the search is off, once. */
    @Test
    void theSearchForDuplicatesGoesOnAsBeforeWhenAGuardIsKilledWhileItIsOff() throws IOException {
        Path ip = programs.resolve("ip");
        Path killed = programs.resolve("killed");
        Files.writeString(ip, """
                #!/bin/bash
                [ "$3" = -batch ] || exec %1$s "$@"
                exec %1$s "$@" < <(while IFS= read -r line; do
                    if [[ $line == *tentative ]] && [ ! -e %2$s ]; then
                        read -r search < /proc/sys/net/ipv6/conf/eth0/accept_dad
                        echo "$search" > %2$s
                        kill -KILL $PPID
                    fi
                    echo "$line"
                done)
                """.formatted(hosts.on("a", "which", "ip"), killed));
        try (ChildJvm node = node()) {
            assertThat(searchesDuplicates()).isEqualTo("1");

            node.say("claim 1");

            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(killed).hasContent("0"));
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(searchesDuplicates()).isEqualTo("1"));
        }
    }

    @Test
    void theyKnowItAgainWhenItIsAnnouncedAgain() throws IOException {
        try (ChildJvm node = node()) {
            node.say("claim 1");
            awaitSaid(node, "claimed 1");
            neighbourKnowsTheOldHost();
            node.say("announce");
            awaitNeighbourKnowsTheNewHost("announced again");
            assertThat(addresses("a")).contains(IPV6);
        }
    }

    @Test
    void anUnhurriedClaimIsRefusedWhenAnotherHostHoldsTheAddress() throws IOException {
        hosts.on("b", "ip", "addr", "add", IPV6 + "/64", "dev", "eth0", "nodad");
        try (ChildJvm node = node()) {
            await().alias("the host has an address of the link to ask from")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> addresses("a")
                            .lines()
                            .anyMatch(line -> line.contains(" fe80:") && !line.contains("tentative")));
            node.say("claim 1 unhurried");
            awaitSaid(node, "failed 1 another host holds " + IPV6);
            assertThat(addresses("a")).doesNotContain(IPV6);

            hosts.on("b", "ip", "addr", "del", IPV6 + "/64", "dev", "eth0");
            node.say("claim 2 unhurried");
            awaitSaid(node, "claimed 2");
        }
    }
}
