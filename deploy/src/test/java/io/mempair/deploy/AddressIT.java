package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The virtual address among the addresses and programs of its hosts. */
@Timeout(240)
class AddressIT {

    private static final String OWN = "10.77.0.11/24";
    private static final String VIRTUAL = Lab.VIP + "/24";

    @RegisterExtension
    private final Lab lab = new Lab();

    @Test
    void aHostKeepsItsOwnAddressWhenTheVirtualOneThatWasThereFirstGoes() {
        lab.startPair();
        // for a moment, so that the virtual address is the first of its network
        lab.on("a", "sh", "-c", "ip addr del " + OWN + " dev eth0; ip addr add " + OWN + " dev eth0")
                .orFail();
        lab.until("one is active", () -> lab.isActive("a") || lab.isActive("b"));
        if (lab.isActive("a")) {
            lab.until("b can take over", () -> lab.role("b").equals("standby"));
            lab.switchover("a").orFail();
        }

        lab.until("b is active", () -> lab.isActive("b"));
        lab.until("a let go", () -> !lab.holdsAddress("a"));
        assertThat(lab.holdsAddress("a", "10.77.0.11")).isTrue();
        lab.until("a is standby", () -> lab.role("a").equals("standby"));
    }

    @Test
    void aStandbyWhosePortIsTakenIsInFaultAndSaysSo() {
        lab.startPair();

        Process other = lab.startMemcached("b", "0.0.0.0", 11211);
        lab.until("b is in fault", () -> lab.role("b").equals("fault"));

        assertThat(lab.http("b", "/status")).contains("proxy.listen: 10.77.0.100:11211 cannot be opened");
        assertThat(lab.switchover("a").exitCode()).isEqualTo(1);
        lab.kill(other);
        lab.until("b is standby again", () -> lab.role("b").equals("standby"));
        assertThat(lab.isActive("a")).isTrue();
    }

    @Test
    void beforeTheStartTheCheckOfTheFileNamesAHostThatHasTheAddress() {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
        lab.writeConfig("a", Map.of());
        assertThat(checked("a")).contains("good, node a").doesNotContain("already");

        lab.on("w", "ip", "addr", "add", VIRTUAL, "dev", "eth0").orFail();
        String mac = lab.on("w", "ip", "-o", "link", "show", "eth0")
                .orFail()
                .replaceFirst("(?s).*link/ether (\\S+).*", "$1");
        assertThat(checked("a"))
                .contains("virtual-address.address: a host with the MAC " + mac + " has " + Lab.VIP + " already");
        lab.on("w", "ip", "addr", "del", VIRTUAL, "dev", "eth0").orFail();

        lab.startNode("b");
        lab.until("b is active", () -> lab.isActive("b"));
        assertThat(checked("a")).as("held by the other node").doesNotContain("already");
    }

    private String checked(String host) {
        Run run = lab.on(
                host, Installation.mempair(), "check-config", lab.config(host).toString());
        return run.out() + run.err();
    }

    @Test
    void whereARouterAnswersForTheAddressAPairThatMayWarnServes() {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
        lab.on("w", "ip", "addr", "add", VIRTUAL, "dev", "eth0").orFail();

        lab.startNode("a");
        lab.until("a refuses", () -> lab.http("a", "/status").contains("another host holds " + Lab.VIP));
        assertThat(lab.http("a", "/status")).contains("set virtual-address.conflict: warn");
        assertThat(lab.holdsAddress("a")).isFalse();

        lab.writeConfig("b", Map.of());
        lab.rewrite("b", text -> text.replace("interface: eth0}", "interface: eth0, conflict: warn}"));
        lab.startMember("b", "node", "node", lab.config("b"));

        lab.until("b is active", () -> lab.isActive("b"));
        lab.until(
                "b says who answers",
                () -> lab.http("b", "/status").contains("address conflict: another host answers for " + Lab.VIP));
    }

    @Test
    void anAddressThatAnotherProgramPutOnTheHostIsLeftThereAndTheOtherNodeServes() {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
        lab.on("b", "ip", "addr", "add", VIRTUAL, "dev", "eth0").orFail();

        lab.startNode("b");
        lab.until(
                "b is in fault",
                () -> lab.http("b", "/status")
                        .contains("virtual-address.address: " + VIRTUAL + " is on eth0, and not by mempair"));
        assertThat(lab.holdsAddress("b")).isTrue();

        lab.on("b", "ip", "addr", "del", VIRTUAL, "dev", "eth0").orFail();
        lab.until("b is active", () -> lab.isActive("b"));
    }
}
