package io.mempair.ha.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.lab.ChildJvm;
import io.mempair.ha.lab.Namespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the guard changes so that the kernel keeps packets for an address that moves, and that it is put back whatever ends it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GuardHoldIT {

    private static final String VIP6 = "fd91::100";

    /** Kernels before 6.17 cannot forward IPv6 on one interface alone. */
    private static final boolean HOLDS_IPV6 = Files.exists(Path.of("/proc/sys/net/ipv6/conf/lo/force_forwarding"));

    private static final Map<String, String> HOLDING = holding();

    private Namespaces hosts;
    private ChildJvm node;
    private Map<String, String> before;

    private static Map<String, String> holding() {
        Map<String, String> settings = new TreeMap<>(Map.of(
                "net.ipv4.tcp_early_demux", "0",
                "net.ipv4.conf.all.send_redirects", "0",
                "net.ipv4.conf.eth0.send_redirects", "0",
                "net.ipv4.neigh.eth0.unres_qlen_bytes", "33554432",
                "net.ipv4.conf.eth0.forwarding", "1"));
        if (HOLDS_IPV6) {
            settings.put("net.ipv6.neigh.eth0.unres_qlen_bytes", "33554432");
            settings.put("net.ipv6.conf.eth0.force_forwarding", "1");
        }
        return settings;
    }

    @BeforeEach
    void startNode() throws IOException {
        hosts = new Namespaces();
        hosts.on("a", "ip", "addr", "add", "fd91::1/64", "dev", "eth0", "nodad");
        hosts.on("b", "ip", "addr", "add", "fd91::2/64", "dev", "eth0", "nodad");
        before = settings();
        node = startedNode();
    }

    private ChildJvm startedNode() throws IOException {
        ChildJvm started = new ChildJvm(hosts.name("a"), GuardMain.class, Namespaces.VIP + "/24", VIP6 + "/64");
        soon().until(() -> started.hasSaid("observed false"));
        return started;
    }

    @AfterEach
    void stopNode() {
        node.close();
        hosts.close();
    }

    private static ConditionFactory soon() {
        return await().pollInterval(Duration.ofMillis(20)).atMost(Duration.ofSeconds(20));
    }

    private Map<String, String> settings() {
        Map<String, String> now = new TreeMap<>();
        HOLDING.keySet()
                .forEach(name ->
                        now.put(name, hosts.on("a", "sysctl", "-n", name).strip()));
        return now;
    }

    private void hold(long millis) throws IOException {
        assertThat(before).isNotEqualTo(HOLDING);
        node.say("lease 60000");
        node.say("claim 1");
        soon().until(() -> node.hasSaid("claimed 1"));
        node.say("hold " + millis);
        node.say("release 1");
        soon().until(() -> node.hasSaid("released 1"));
        assertThat(settings()).isEqualTo(HOLDING);
    }

    @Test
    void theSettingsAreAsBeforeWhenTheHoldEnds() throws Exception {
        hold(5_000);

        soon().until(() -> settings().equals(before));
    }

    /** It asks who has the address, as for any packet that it passes on. */
    @Test
    void theKernelKeepsPacketsOfEachFamilyThatComeMeanwhile() throws Exception {
        hold(50_000);
        List<String> addresses = HOLDS_IPV6 ? List.of(Namespaces.VIP, VIP6) : List.of(Namespaces.VIP);
        String link = hosts.on("a", "cat", "/sys/class/net/eth0/address");
        for (String address : addresses) {
            hosts.on("b", "ip", "neigh", "replace", address, "lladdr", link, "dev", "eth0");

            hosts.on("b", "bash", "-c", "echo > /dev/udp/" + address + "/11211");

            soon().until(() -> hosts.on("a", "ip", "neigh", "show", "to", address, "dev", "eth0")
                    .contains("INCOMPLETE"));
        }
    }

    @Test
    void aClaimEndsTheHold() throws Exception {
        hold(50_000);

        node.say("lease 60000");
        node.say("claim 2");
        soon().until(() -> node.hasSaid("claimed 2"));

        assertThat(settings()).isEqualTo(before);
    }

    @Test
    void whatSomebodyElseHasSetMeanwhileStays() throws Exception {
        hold(50_000);
        hosts.on("a", "sysctl", "-qw", "net.ipv4.neigh.eth0.unres_qlen_bytes=1000000");

        node.say("lease 60000");
        node.say("claim 2");
        soon().until(() -> node.hasSaid("claimed 2"));

        before.put("net.ipv4.neigh.eth0.unres_qlen_bytes", settings().get("net.ipv4.neigh.eth0.unres_qlen_bytes"));
        assertThat(settings()).isEqualTo(before);
        assertThat(before.get("net.ipv4.neigh.eth0.unres_qlen_bytes")).startsWith("1");
    }

    @Test
    void aKilledNodeLeavesThemAsBefore() throws Exception {
        hold(50_000);

        node.signal("KILL");

        soon().until(() -> settings().equals(before));
    }

    @Test
    void whenNodeAndGuardAreKilledTheNextGuardPutsThemBack() throws Exception {
        hold(50_000);
        node.say("pid");
        soon().until(() -> node.lines.stream().anyMatch(line -> line.matches("pid [1-9]\\d*")));
        long guard = node.lines.stream()
                .filter(line -> line.matches("pid [1-9]\\d*"))
                .mapToLong(line -> Long.parseLong(line.substring(4)))
                .findFirst()
                .orElseThrow();
        ChildJvm.signal("KILL", guard);
        node.signal("KILL");
        assertThat(settings()).isEqualTo(HOLDING);

        try (ChildJvm next = startedNode()) {
            soon().until(() -> settings().equals(before));
            assertThat(next.hasSaid("observed false")).isTrue();
        }
    }
}
