package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A host whose own address comes after the node was started, as early in a boot. */
@Timeout(240)
class LateAddressIT {

    private static final String OWN = Lab.ADDRESS.get("a") + "/24";
    private static final String OTHER = "10.77.0.31";
    private static final String IPV6 = "2001:db8::11";

    @RegisterExtension
    private final Lab lab = new Lab();

    @Test
    void aNodeWaitsForItsOwnAddressAndServesWhenItHasCome() throws Exception {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
        lab.on("a", "ip", "addr", "del", OWN, "dev", "eth0").orFail();
        lab.writeConfig("a", Map.of());
        Process node = lab.startMember("a", "node", "node", lab.config("a"));
        lab.until(
                "it says that its address is not there",
                () -> lab.log("a", "node")
                        .contains("not fit to be active: group.bind: 10.77.0.11 is not an address of this host"));
        lab.until(
                "it says that HTTP waits",
                () -> lab.log("a", "node")
                        .contains("admin.http: HTTP on 10.77.0.11:9411: not an address of this host yet"));
        lab.until("the channel waits too", () -> lab.log("a", "node").contains("channel on 10.77.0.11:7800"));
        assertThat(node.isAlive()).isTrue();

        assertThat(status())
                .containsPattern("reason +group.bind: 10.77.0.11 is not an address of this host")
                .contains("admin.http: HTTP on 10.77.0.11:9411: not an address of this host yet")
                .contains("BAD, 10.77.0.11:7800 is not open, so no peer is heard: ");

        lab.on("a", "ip", "addr", "add", OWN, "dev", "eth0").orFail();
        Instant added = Instant.now();

        fitAfter(added);
        lab.until("it is active", () -> lab.isActive("a"));
        assertThat(lab.throughTheAddress("version")).startsWith("VERSION");
        assertThat(status()).doesNotContain("admin.http").doesNotContain("is not open");
        assertThat(node.isAlive()).isTrue();
    }

    @Test
    void aNodeWaitsForAnAddressOfItsOwnOnWhichClientsFindIt() throws Exception {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
        lab.writeConfig("a", Map.of());
        lab.rewrite("a", text -> text.replace("proxy:\n", "proxy:\n  listen: [" + Lab.VIP + ", " + OTHER + "]\n"));
        Process node = lab.startMember("a", "node", "node", lab.config("a"));
        lab.until(
                "it says that the address is not there",
                () -> lab.log("a", "node")
                        .contains("not fit to be active: proxy.listen: " + OTHER + " is not an address of this host"));
        assertThat(status()).containsPattern("reason +proxy.listen: " + OTHER + " is not an address of this host");
        assertThat(node.isAlive()).isTrue();

        lab.on("a", "ip", "addr", "add", OTHER + "/24", "dev", "eth0").orFail();
        Instant added = Instant.now();

        fitAfter(added);
        lab.until("it is active", () -> lab.isActive("a"));
        assertThat(lab.tcp("c", OTHER, 11_211, "version")).startsWith("VERSION");
        assertThat(lab.log("a", "node")).doesNotContain("the port cannot be opened");
    }

    @Test
    void aNodeWaitsForTheSearchForDuplicatesOfItsIpv6Address() throws Exception {
        lab.on("a", "sysctl", "-qw", "net.ipv6.conf.eth0.dad_transmits=1000").orFail();
        lab.on("a", "ip", "addr", "add", IPV6 + "/64", "dev", "eth0").orFail();
        lab.writeConfig("a", Map.of());
        lab.rewrite(
                "a",
                text -> text.replace("10.77.0.11:9411", "\"[" + IPV6 + "]:9411\"")
                        .replace("bind: 10.77.0.11", "bind: \"" + IPV6 + '"')
                        .replace("10.77.0.12", "\"[2001:db8::12]:7800\""));
        Process node = lab.startMember("a", "node", "node", lab.config("a"));
        lab.until(
                "it says that the address cannot be used",
                () -> lab.log("a", "node")
                        .contains("not fit to be active: group.bind: " + IPV6 + " cannot be used yet"));
        assertThat(status()).containsPattern("reason +group.bind: " + IPV6 + " cannot be used yet");
        lab.on("a", "ip", "addr", "del", IPV6 + "/64", "dev", "eth0").orFail();
        lab.on("a", "ip", "addr", "add", IPV6 + "/64", "dev", "eth0", "nodad").orFail();
        Instant over = Instant.now();

        fitAfter(over);
        lab.until(
                "HTTP answers",
                () -> lab.tcp("a", IPV6, 9_411, "GET /health/live HTTP/1.0", "").contains("200"));
        assertThat(node.isAlive()).isTrue();
    }

    @Test
    void aProxyAloneWaitsForItsAddressAndServesWhenItHasCome() throws Exception {
        lab.startMemcached("m1");
        Process proxy = lab.start(
                "a",
                "proxy",
                Installation.mempair(),
                "proxy",
                "-l",
                OTHER,
                "-s",
                Lab.ADDRESS.get("m1"),
                "--http",
                Lab.ADDRESS.get("a") + ":9411");
        lab.until(
                "it says that its address is not there",
                () -> lab.log("a", "proxy")
                        .contains("not open yet: proxy.listen: " + OTHER + " is not an address of this host"));
        lab.until("it is not ready", () -> lab.http("a", "/health/ready").contains(" 503 "));
        assertThat(lab.http("a", "/status")).contains(OTHER + " is not an address of this host");

        lab.on("a", "ip", "addr", "add", OTHER + "/24", "dev", "eth0").orFail();

        lab.until("it serves", () -> lab.tcp("c", OTHER, 11_211, "version").startsWith("VERSION"));
        lab.until("it is ready", () -> lab.http("a", "/health/ready").contains(" 200 "));
        assertThat(proxy.isAlive()).isTrue();
    }

    private String status() {
        return Lab.mempair("status", "--config", lab.config("a").toString()).orFail();
    }

    private void fitAfter(Instant there) {
        lab.until("it is fit", () -> lab.log("a", "node").contains("role FAULT -> STANDBY"));
        System.out.println("[late address] fit after "
                + Duration.between(there, Instant.now()).toMillis() + " ms");
    }
}
