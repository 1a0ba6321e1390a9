package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.HooksConfig;
import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.config.VirtualAddressConfig.Cidr;
import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.server.HandoverTrial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandoverNeedsTest {

    private static final List<Integer> PORT = List.of(11_211);
    private static final String STATEFUL = "ct state established,related accept\n";
    private static final String IN = "\t\ttcp dport 11211 notrack\n";
    private static final String OUT = "\t\ttcp sport 11211 notrack\n";

    private static final VirtualAddressConfig ADDRESS = new VirtualAddressConfig("10.0.0.100", 24, "eth0");
    private static final VirtualAddressConfig ADDRESS_6 = new VirtualAddressConfig("fd00::100", 64, "eth0");
    private static final VirtualAddressConfig BOTH =
            new VirtualAddressConfig(List.of(new Cidr("10.0.0.100", 24), new Cidr("fd00::100", 64)), "eth0");

    private static final String FORWARDING = "ipv4/conf/eth0/forwarding";
    private static final String FORWARDING_6 = "ipv6/conf/eth0/force_forwarding";

    @TempDir
    private Path settings;

    private ConnectionTracking tracking(String liberal, String count, String rules) throws IOException {
        Files.writeString(settings.resolve("nf_conntrack_tcp_be_liberal"), liberal + "\n");
        Files.writeString(settings.resolve("nf_conntrack_count"), count + "\n");
        return new ConnectionTracking(settings, () -> rules);
    }

    @Test
    void aKernelThatTracksStrictlyWouldDropWhatBelongsToMovedConnections() throws IOException {
        assertThat(tracking("0", "17", STATEFUL).problem(PORT))
                .contains("of port 11211", "sysctl -w net.netfilter.nf_conntrack_tcp_be_liberal=1", "notrack");
    }

    @Test
    void aKernelThatPicksUpNoConnectionWouldNotKnowThoseThatWereMoved() throws IOException {
        Files.writeString(settings.resolve("nf_conntrack_tcp_loose"), "0\n");

        assertThat(tracking("1", "17", STATEFUL).problem(PORT))
                .contains("of port 11211", "(remedy: sysctl -w net.netfilter.nf_conntrack_tcp_loose=1, or notrack");
        assertThat(tracking("0", "17", STATEFUL).problem(PORT))
                .contains("nf_conntrack_tcp_be_liberal=1 net.netfilter.nf_conntrack_tcp_loose=1");
        assertThat(tracking("1", "0", STATEFUL).problem(PORT)).isNull();
    }

    @Test
    void aLenientKernelOrOneThatTracksNothingOrCannotIsGood() throws IOException {
        assertThat(new ConnectionTracking(settings, () -> STATEFUL).problem(PORT))
                .isNull();
        assertThat(tracking("1", "17", STATEFUL).problem(PORT)).isNull();
        assertThat(tracking("0", "0", STATEFUL).problem(PORT)).isNull();
    }

    @Test
    void aPortThatIsNotTrackedInBothDirectionsIsGood() throws IOException {
        assertThat(tracking("0", "17", STATEFUL + IN + OUT).problem(PORT)).isNull();
        assertThat(tracking("0", "17", STATEFUL + IN).problem(PORT)).isNotNull();
        assertThat(tracking("0", "17", STATEFUL + OUT).problem(PORT)).isNotNull();
        assertThat(tracking("0", "17", STATEFUL + IN + OUT).problem(List.of(11_211, 12_000)))
                .contains("of port 12000 ");
        String iptables = "-A PREROUTING -p tcp -m tcp --dport 11211 -j CT --notrack\n"
                + "-A OUTPUT -p tcp -m tcp --sport 11211 -j CT --notrack\n";
        assertThat(tracking("0", "17", iptables).problem(PORT)).isNull();
    }

    /** A firewall takes up to seconds to say its rules, and the peer waits for one. */
    @Test
    void inTheMomentOfAHandoverTheRulesAreThoseReadLast() throws IOException {
        ConnectionTracking strict = tracking("0", "17", STATEFUL + IN + OUT);
        HandoverNeeds needs =
                new HandoverNeeds(ADDRESS, HooksConfig.NONE, proxy(TransportChoice.AUTO), () -> null, strict);
        assertThat(needs.refusalNow()).contains("connection tracking");

        assertThat(needs.refusal()).isNull();

        assertThat(needs.refusalNow()).isNull();
    }

    private static ProxyConfig proxy(TransportChoice transport) {
        ServerAddress port = new ServerAddress("0.0.0.0", 11_211);
        PoolConfig pool = new PoolConfig(
                List.of(new ServerAddress("127.0.0.1", 11_212)),
                List.of(),
                Distribution.MODULO,
                ServerTimeouts.DEFAULT);
        return new ProxyConfig(List.of(port), pool, ClientLimits.DEFAULT, 1, transport);
    }

    @Test
    void whatTheTrialOfASocketSaysIsToldBeforeTheFirewall() throws IOException {
        ConnectionTracking strict = tracking("0", "17", STATEFUL);
        ProxyConfig proxy = proxy(TransportChoice.AUTO);

        assertThat(new HandoverNeeds(ADDRESS, HooksConfig.NONE, proxy, () -> "no right", strict).refusal())
                .isEqualTo("no right");
        assertThat(new HandoverNeeds(ADDRESS, HooksConfig.NONE, proxy, () -> null, strict).refusal())
                .contains("connection tracking");
        assertThat(new HandoverNeeds(ADDRESS, HooksConfig.NONE, proxy, () -> null, tracking("1", "17", "")).refusal())
                .isNull();
    }

    @Test
    void nioMovesNoConnections() {
        assertThat(HandoverTrial.refusal(proxy(TransportChoice.NIO)))
                .isEqualTo(
                        "the transport nio moves no connections (remedy: proxy.transport: auto, on a host where epoll"
                                + " works)");
    }

    /** @param files  settings that are there, below {@code /proc/sys/net} */
    private HoldNeeds hold(boolean dropsForwarded, String... files) throws IOException {
        for (String file : files) {
            Files.createDirectories(settings.resolve(file).getParent());
            Files.writeString(settings.resolve(file), "0\n");
        }
        return new HoldNeeds(settings, (port, ipv6) -> dropsForwarded);
    }

    @Test
    void aHostThatMayForwardHoldsPackets() throws IOException {
        assertThat(hold(false, FORWARDING).problem(ADDRESS, PORT)).isNull();
        assertThat(hold(false, FORWARDING_6).problem(ADDRESS_6, PORT)).isNull();
        assertThat(hold(false, FORWARDING, FORWARDING_6).problem(BOTH, PORT)).isNull();
    }

    @Test
    void aFirewallThatDoesNotForwardThePortHoldsNothing() throws IOException {
        assertThat(hold(true, FORWARDING).problem(ADDRESS, PORT))
                .contains("the firewall does not forward them (remedy: ");
        assertThat(hold(true, FORWARDING_6).problem(ADDRESS_6, PORT)).contains("the firewall does not forward them");
    }

    @Test
    void aSettingThatCannotBeWrittenIsNamed() throws IOException {
        assertThat(hold(false).problem(ADDRESS, PORT)).contains("ipv4/conf/eth0/forwarding", "ProtectKernelTunables");
    }

    @Test
    void packetsOfIpv6AreNotHeldByAKernelThatForwardsThemOnAllInterfacesOrNone() throws IOException {
        assertThat(hold(false, FORWARDING, "ipv6/conf/all/forwarding").problem(ADDRESS_6, PORT))
                .contains("IPv6", "(remedy: Linux 6.17 or newer)");
        assertThat(hold(false).problem(BOTH, PORT)).contains("IPv6");
        assertThat(hold(false).problem(ADDRESS, PORT)).isNull();

        Files.writeString(settings.resolve("ipv6/conf/all/forwarding"), "1\n");

        assertThat(hold(false).problem(ADDRESS_6, PORT)).isNull();
    }
}
