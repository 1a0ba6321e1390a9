package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FirewallTest {

    private static final String ESTABLISHED = "ct state established,related accept";
    private static final String NEW_SYN = "tcp dport 11211 tcp flags & (fin | syn | rst | ack) == syn accept";
    private static final String RESET = "tcp dport 11211 tcp flags ! syn,rst reject with tcp reset";

    private static String nft(String policy, String... rules) {
        return "table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy " + policy
                + ";\n\t\tiif \"lo\" accept\n\t\t" + String.join("\n\t\t", rules) + "\n\t}\n}\n";
    }

    private static List<String> found(String ruleset) {
        return Firewall.ofNftables(ruleset, 11_211, true);
    }

    @Test
    void aFirewallThatLetsInOnlyKnownConnectionsAndNewOnesLetsClientsHang() {
        assertThat(found(nft("drop", ESTABLISHED, NEW_SYN)))
                .singleElement()
                .asString()
                .startsWith("firewall: chain inet filter input drops")
                .contains("nft insert rule inet filter input tcp dport 11211 ")
                .endsWith("reject with tcp reset");
    }

    @Test
    void oneThatResetsOrLetsInThePortOrDropsNothingIsGood() {
        assertThat(found(nft("drop", ESTABLISHED, RESET, NEW_SYN))).isEmpty();
        assertThat(found(nft("drop", ESTABLISHED, "tcp dport 11211 accept"))).isEmpty();
        assertThat(found(nft("drop", ESTABLISHED, "tcp dport { 22, 11000-12000 } accept")))
                .isEmpty();
        assertThat(found(nft("accept", ESTABLISHED, NEW_SYN))).isEmpty();
        assertThat(found(nft("drop", NEW_SYN))).isEmpty();
        assertThat(found("")).isEmpty();
    }

    @Test
    void thePortOfSomethingElseDoesNotHelp() {
        assertThat(found(nft("drop", ESTABLISHED, NEW_SYN, "tcp dport 22 accept", "tcp dport { 80, 443 } accept")))
                .hasSize(1);
    }

    @Test
    void aRuleForNewConnectionsHelpsWhereTheKernelTakesThoseForNewThatItNeverSaw() {
        String ruleset = nft("drop", ESTABLISHED, "ct state new tcp dport 11211 accept");

        assertThat(Firewall.ofNftables(ruleset, 11_211, true)).isEmpty();
        assertThat(Firewall.ofNftables(ruleset, 11_211, false)).hasSize(1);
    }

    private static String forwarding(String policy, String... rules) {
        return nft("accept", "tcp dport 11211 accept")
                + nft(policy, rules).replace("input", "forward").replace("inet filter", "inet other");
    }

    @Test
    void onlyTheChainThatForwardsSaysWhetherPacketsForThePortAreForwarded() {
        assertThat(Firewall.dropsForwardedByNftables(forwarding("drop", ESTABLISHED), 11_211, false))
                .isTrue();
        assertThat(Firewall.dropsForwardedByNftables(forwarding("drop", "tcp dport 11211 accept"), 11_211, false))
                .isFalse();
        assertThat(Firewall.dropsForwardedByNftables(forwarding("accept"), 11_211, false))
                .isFalse();
        assertThat(Firewall.dropsForwardedByNftables(nft("drop", ESTABLISHED), 11_211, false))
                .isFalse();
        assertThat(Firewall.dropsForwardedByNftables("", 11_211, false)).isFalse();
    }

    @Test
    void aChainThatForwardsTheOtherFamilyDoesNotCount() {
        String ip = forwarding("drop").replace("inet other", "ip other");

        assertThat(Firewall.dropsForwardedByNftables(ip, 11_211, false)).isTrue();
        assertThat(Firewall.dropsForwardedByNftables(ip, 11_211, true)).isFalse();
        assertThat(Firewall.dropsForwardedByNftables(ip.replace("ip other", "ip6 other"), 11_211, true))
                .isTrue();
    }

    @Test
    void theChainThatForwardsOfIptablesIsReadToo() {
        String drop = "-P FORWARD DROP\n-A FORWARD -i lo -j ACCEPT\n";

        assertThat(Firewall.dropsForwardedByIptables(drop, 11_211)).isTrue();
        assertThat(Firewall.dropsForwardedByIptables(
                        drop + "-A FORWARD -p tcp -m tcp --dport 11211 -j ACCEPT\n", 11_211))
                .isFalse();
        assertThat(Firewall.dropsForwardedByIptables("-P FORWARD ACCEPT\n", 11_211))
                .isFalse();
    }

    @Test
    void iptablesIsReadToo() {
        String rules = """
                -P INPUT DROP
                -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
                -A INPUT -p tcp -m tcp --dport 11211 --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT
                """;
        assertThat(Firewall.ofIptables(rules, "iptables", 11_211, true))
                .singleElement()
                .asString()
                .contains("iptables -I INPUT -p tcp --dport 11211 ! --syn")
                .contains("--reject-with tcp-reset");
        assertThat(Firewall.ofIptables(rules.replace("DROP", "ACCEPT"), "iptables", 11_211, true))
                .isEmpty();
        assertThat(Firewall.ofIptables(
                        rules + "-A INPUT -p tcp -m multiport --dports 80,11211 -j ACCEPT\n", "iptables", 11_211, true))
                .isEmpty();
        assertThat(Firewall.ofIptables(
                        rules + "-A INPUT -p tcp -j REJECT --reject-with tcp-reset\n", "iptables", 11_211, true))
                .isEmpty();
    }
}
