package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of two pairs on one host that boots systemd, {@code mempair} and {@code mempair@two}: neither touches what is the other's. */
@Tag("timed")
@Tag("root")
@Timeout(900)
class NamedInstancesIT {

    private static final String SECOND_VIP = "10.77.0.101";

    /** Of the second pair, as install.md tells to write it. */
    private static final String SECOND = """
            node: {name: two-a}
            group: {bind: 10.77.0.11, port: 7810, peers: ['10.77.0.12:7810']}
            virtual-address: {address: 10.77.0.101/24, interface: eth0}
            proxy: {servers: ['10.77.0.21:11211']}
            admin: {http: 10.77.0.11:9412, control: /run/mempair/two/control.sock}
            """;

    @RegisterExtension
    private final Lab lab = new Lab();

    @TempDir
    private Path folder;

    private BootedHost a;

    @AfterEach
    void stop() {
        if (a != null) {
            a.stop();
        }
    }

    private void install() throws IOException {
        lab.startMemcached("m1");
        Path home = Files.createDirectory(folder.resolve("a"));
        Path file = Packages.withoutJava();
        Files.copy(file, home.resolve(file.getFileName()));
        Files.writeString(
                home.resolve("mempair.yaml"),
                SECOND.replace("two-a", "a")
                        .replace("7810", "7800")
                        .replace(SECOND_VIP, Lab.VIP)
                        .replaceFirst("(?m)^admin: .*\n", ""));
        Files.writeString(home.resolve("two.yaml"), SECOND);
        a = BootedHost.boot(lab, "a", home);
        // the start cache is another test's
        a.paste("systemctl mask --runtime mempair-cache; apt install ./" + file.getFileName()
                + "; cp mempair.yaml two.yaml /etc/mempair/; mempair check-config /etc/mempair/two.yaml");
        a.hurry();
        a.paste("systemctl start mempair mempair@two");
    }

    @Test
    void twoPairsOnAHostShareNoFolder() throws IOException {
        install();
        for (String unit : new String[] {"mempair", "mempair@two"}) {
            lab.until(unit + " serves", () -> a.property(unit, "StatusText").startsWith("active, serves, "));
        }
        assertThat(lab.tcp("c", Lab.VIP, 11_211, "set k 0 0 1", "x")).startsWith("STORED");
        assertThat(lab.tcp("c", SECOND_VIP, 11_211, "get k")).contains("VALUE k 0 1");

        assertThat(a.run("mempair", "status").orFail())
                .contains("a (this one) ")
                .doesNotContain("two-a");
        assertThat(a.run("mempair", "status", "--config", "/etc/mempair/two.yaml")
                        .orFail())
                .contains("two-a (this one) ");
        assertThat(a.run("cat", "/run/mempair/addresses").orFail()).isEqualTo("eth0 " + Lab.VIP + "/24\n");
        assertThat(a.run("cat", "/run/mempair/two/addresses").orFail()).isEqualTo("eth0 " + SECOND_VIP + "/24\n");
        assertThat(a.run("cat", "/var/lib/mempair/history").orFail()).doesNotContain("two-a");
        assertThat(a.run("cat", "/var/lib/mempair/two/history").orFail()).contains("two-a");

        // the end of one, whatever it is, takes nothing of the other's away
        a.paste("systemctl stop mempair");
        assertThat(a.run("mempair", "status", "--config", "/etc/mempair/two.yaml")
                        .orFail())
                .contains("two-a (this one) ", "held");
        assertThat(lab.tcp("c", SECOND_VIP, 11_211, "get k")).contains("VALUE k 0 1");
        a.paste("systemctl start mempair; systemctl stop mempair@two");
        lab.until(
                "the first serves again",
                () -> a.property("mempair", "StatusText").startsWith("active, serves, "));
        assertThat(a.run("ls", "-A", "/run/mempair").orFail())
                .contains("control.sock")
                .doesNotContain("two");
        assertThat(a.run("mempair", "history").orFail()).contains("standby -> active");
    }
}
