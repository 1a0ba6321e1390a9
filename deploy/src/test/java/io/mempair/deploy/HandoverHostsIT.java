package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hand-overs between hosts that are not plain ones: firewalls that track connections, IPv6, ECN. */
@Tag("timed")
@Timeout(240)
class HandoverHostsIT {

    private static final int CLIENTS = 8;
    private static final String VIP6 = "fd00:77::100";
    private static final Map<String, String> OWN6 = Map.of("a", "fd00:77::11", "b", "fd00:77::12", "c", "fd00:77::14");

    /** Lets in what belongs to a known connection, new ones of the port, and all that the lab itself needs. */
    private static final String STATEFUL = stateful("drop");

    private static String stateful(String otherwise) {
        return "add table inet f;"
                + " add chain inet f in { type filter hook input priority 0; policy accept; };"
                + " add rule inet f in ct state established,related accept;"
                + " add rule inet f in tcp dport 11211 tcp flags syn accept;"
                + " add rule inet f in tcp dport 11211 " + otherwise + ';'
                + " add chain inet f out { type filter hook output priority 0; policy accept; };"
                + " add rule inet f out tcp sport 11211 ct state invalid drop";
    }

    @RegisterExtension
    private final Lab lab = new Lab();

    private final HandoverPair pair = new HandoverPair(lab);

    @BeforeEach
    void startServers() {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
    }

    private void onBoth(String... command) {
        lab.on("a", command).orFail();
        lab.on("b", command).orFail();
    }

    @Test
    void hostsThatTrackConnectionsStrictlySaySoAndHandNothingOver() throws IOException {
        onBoth("nft", STATEFUL);
        pair.start("a", "auto", UnaryOperator.identity());
        lab.until("a is active", () -> lab.isActive("a"));
        pair.start("b", "auto", UnaryOperator.identity());
        lab.until("b is standby", () -> lab.role("b").equals("standby"));
        for (String node : List.of("a", "b")) {
            lab.until(
                    node + " warns of the tracking",
                    () -> lab.http(node, "/status").contains("nf_conntrack_tcp_be_liberal=1"));
        }

        assertThat(lab.switchover("a").orFail()).contains("b is active");

        assertThat(pair.counted("a", "moved")).isZero();
        assertThat(lab.on(
                                "a",
                                Installation.mempair(),
                                "check-config",
                                lab.config("a").toString())
                        .err())
                .contains("group.handover: a planned change will close the clients' connections: connection tracking");
    }

    /** The host that takes a connection has never seen its beginning: a rule that goes by it ends or hangs the client. */
    @ParameterizedTest
    @ValueSource(strings = {"drop", "reject with tcp reset"})
    void connectionsGoBackAndForthBetweenHostsThatTrackThemLeniently(String otherwise) throws Exception {
        onBoth("sysctl", "-qw", "net.netfilter.nf_conntrack_tcp_be_liberal=1");
        onBoth("nft", stateful(otherwise));
        pair.start(UnaryOperator.identity());
        try (CountingClients clients = new CountingClients(lab, Lab.VIP, CLIENTS)) {
            pair.switchOver(clients, "a", 4);
        }
        assertThat(pair.counted("a", "moved")).isEqualTo(2.0 * CLIENTS);
    }

    @Test
    void connectionsByIpv6GoBackAndForthBesideThoseByIpv4() throws Exception {
        OWN6.forEach((host, address) -> lab.on(host, "ip", "addr", "add", address + "/64", "dev", "eth0", "nodad")
                .orFail());
        pair.start(file ->
                file.replace("{address: " + Lab.VIP + "/24", "{address: [" + Lab.VIP + "/24, '" + VIP6 + "/64']"));
        try (CountingClients clients = new CountingClients(lab, VIP6, CLIENTS)) {
            pair.switchOver(clients, "a", 4);
        }
        assertThat(pair.counted("a", "moved")).isEqualTo(2.0 * CLIENTS);
    }

    @Test
    void whatConnectionsSendAgainAfterAMoveIsCounted() throws IOException {
        pair.start(UnaryOperator.identity());
        try (LabClient client = lab.connect("c", Lab.VIP, 11_211)) {
            assertThat(client.ask("get none\r\n")).isEqualTo("END");
            lab.on(
                            "c",
                            "nft",
                            "add table inet f; add chain inet f in { type filter hook input priority 0; };"
                                    + " add rule inet f in tcp sport 11211 drop")
                    .orFail();
            client.send("get none\r\n");

            assertThat(lab.switchover("a").orFail()).contains("b is active");

            lab.until("b counts what it sends again", () -> pair.retransmitted("b") > 0);
        }
        assertThat(pair.counted("a", "moved")).isEqualTo(1.0);
    }

    /** The kernel cannot take up ECN again. */
    @Test
    void aConnectionWithEcnIsClosedAtOnceAndCounted() throws Exception {
        pair.start(UnaryOperator.identity());
        try (CountingClients plain = new CountingClients(lab, Lab.VIP, 2)) {
            lab.on("c", "sysctl", "-qw", "net.ipv4.tcp_ecn=1").orFail();
            try (LabClient ecn = lab.connect("c", Lab.VIP, 11_211)) {
                assertThat(ecn.ask("get none\r\n")).isEqualTo("END");

                pair.switchOver(plain, "a", 1);

                long beganNanos = System.nanoTime();
                assertThat(ecn.isClosed()).isTrue();
                assertThat(System.nanoTime() - beganNanos).isLessThan(5_000_000_000L);
            }
        }
        assertThat(pair.counted("a", "ecn")).isEqualTo(1.0);
        assertThat(pair.counted("a", "moved")).isEqualTo(2.0);
    }
}
