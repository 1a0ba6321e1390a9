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

        lab.on("a", "ip", "addr", "add", OWN, "dev", "eth0").orFail();
        Instant added = Instant.now();

        lab.until("it is fit", () -> lab.log("a", "node").contains("role FAULT -> STANDBY"));
        System.out.println("[late address] fit after "
                + Duration.between(added, Instant.now()).toMillis() + " ms");
        lab.until("it is active", () -> lab.isActive("a"));
        assertThat(lab.throughTheAddress("version")).startsWith("VERSION");
        assertThat(node.isAlive()).isTrue();
    }
}
