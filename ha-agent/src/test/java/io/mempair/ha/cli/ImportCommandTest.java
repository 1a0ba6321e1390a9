package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.NodeConfig;
import io.mempair.proxy.config.ServerAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class ImportCommandTest {

    private static final String KEEPALIVED = """
        global_defs {
            notification_email { ops@example.org }
            router_id LVS_1
        }
        vrrp_script chk_magent {
            script "killall -0 magent"
            interval 2
        }
        vrrp_script disk {
            script "/bin/test -w /var"
            interval 5
            fall 3
            weight -20
        }
        vrrp_instance VI_1 {
            state MASTER
            interface ens33
            virtual_router_id 51
            priority 100
            advert_int 1
            authentication {
                auth_type PASS
                auth_pass 1111
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
            track_script {
                chk_magent
                disk
            }
            notify_master "/etc/keepalived/start_magent.sh"
        }
        virtual_server 10.0.0.100 80 {
        }
        """;

    private static final String MAGENT = """
        #!/bin/sh
        VIP=10.0.0.100
        magent -u root -n 51200 -l $VIP -p 12000 -s 10.0.0.11:11211 -b 10.0.0.12:11211
        """;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String keepalived, String magent, String... flags) throws IOException {
        Path conf = Files.writeString(folder.resolve("keepalived.conf"), keepalived);
        Path script = Files.writeString(folder.resolve("magent.sh"), magent);
        String[] arguments = new String[flags.length + 3];
        arguments[0] = "import";
        arguments[1] = conf.toString();
        arguments[2] = script.toString();
        System.arraycopy(flags, 0, arguments, 3, flags.length);
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    private NodeConfig printed() throws Exception {
        return ConfigReader.readNode(Files.writeString(folder.resolve("printed.yaml"), out.toString()));
    }

    @Test
    void theClassicPairOfFilesBecomesTheFileOfANode() throws Exception {
        assertThat(run(KEEPALIVED, MAGENT, "--name", "b", "--bind", "10.0.0.11", "--peer", "10.0.0.12"))
                .isZero();

        NodeConfig node = printed();
        assertThat(node.name()).isEqualTo("b");
        assertThat(node.priority()).isEqualTo(100);
        assertThat(node.group().bind()).isEqualTo("10.0.0.11");
        assertThat(node.group().peers()).containsExactly(new ServerAddress("10.0.0.12", 7800));
        assertThat(node.group().preempt()).isTrue();
        assertThat(node.virtualAddress().interfaceName()).isEqualTo("ens33");
        assertThat(node.virtualAddress().addresses()).hasToString("[10.0.0.100/24]");
        assertThat(node.proxy().listeners().tcp()).containsExactly(new ServerAddress("10.0.0.100", 12_000));
        assertThat(node.proxy().pool().primaries()).containsExactly(new ServerAddress("10.0.0.11", 11_211));
        assertThat(node.proxy().pool().backups()).containsExactly(new ServerAddress("10.0.0.12", 11_211));
        assertThat(node.proxy().limits().maxClients()).isEqualTo(51_200);
        assertThat(node.checks()).singleElement().satisfies(check -> {
            assertThat(check.command()).containsExactly("/bin/sh", "-c", "/bin/test -w /var");
            assertThat(check.interval()).isEqualTo(Duration.ofSeconds(5));
            assertThat(check.fall()).isEqualTo(3);
        });
    }

    @Test
    void whatHasNoSuccessorIsSaidInTheFileAndBesideIt() throws Exception {
        run(KEEPALIVED, MAGENT, "--bind", "10.0.0.11", "--peer", "10.0.0.12");

        for (String what : new String[] {
            "preempt: true",
            "vrrp_script chk_magent",
            "weight -20 has no successor",
            "state: not needed",
            "virtual_router_id: not needed",
            "authentication: not needed",
            "notify_master /etc/keepalived/start_magent.sh: not taken",
            "notification_email",
            "virtual_server 10.0.0.100 80: has no successor",
            "magent -u root: not needed",
        }) {
            assertThat(err.toString()).contains(what);
            assertThat(out.toString()).contains(what);
        }
    }

    @Test
    void unicastTellsBothAddressesAndAnAddressWithoutPrefixIsRemarked() throws Exception {
        String unicast = KEEPALIVED
                .replace("10.0.0.100/24", "10.0.0.100 dev bond0")
                .replace(
                        "priority 100",
                        "priority 255\nnopreempt\nunicast_src_ip 10.0.0.11\nunicast_peer {\n10.0.0.12\n}");

        assertThat(run(unicast, MAGENT.replace("-l $VIP ", "")))
                .as(err.toString())
                .isZero();

        NodeConfig node = printed();
        assertThat(node.group().bind()).isEqualTo("10.0.0.11");
        assertThat(node.priority()).isEqualTo(254);
        assertThat(node.group().preempt()).isFalse();
        assertThat(node.virtualAddress().interfaceName()).isEqualTo("bond0");
        assertThat(err.toString())
                .contains("10.0.0.100: taken with /32")
                .contains("priority 255: taken as 254")
                .contains("magent listened on every address");
    }

    @Test
    void aBraceThatIsMissingIsRefusedWithTheLine() throws IOException {
        assertThat(run(KEEPALIVED.replace("10.0.0.100/24\n    }", "10.0.0.100/24\n"), MAGENT))
                .isEqualTo(2);
        assertThat(err.toString())
                .startsWith(folder.resolve("keepalived.conf")
                        + ":15: '{' is not closed (expected: a '}' before the file ends)");
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vrrp_instance | x_instance | no vrrp_instance (expected: a keepalived.conf with one)",
                "interface ens33 | x | no interface in the vrrp_instance (expected: its name)",
                "10.0.0.100/24 | '' | no virtual_ipaddress in the vrrp_instance (expected: at least one)",
                "vrrp_script | vrrp_instance | several vrrp_instance (expected: --instance with one of chk_magent,"
                        + " disk, VI_1)",
                "priority 100 | priority 0 | keepalived.conf:19: node.priority: 0 (expected: ",
                "10.0.0.100/24 | 10.0.0.300/24 | keepalived.conf:26: virtual-address.address: '10.0.0.300/24'",
                "interval 5 | interval soon | keepalived.conf:9: checks.interval: 'soons' (expected: a duration",
            })
    void whatIsMissingIsSaid(String before, String after, String message) throws IOException {
        assertThat(run(KEEPALIVED.replace(before, after), MAGENT, "--bind", "10.0.0.11", "--peer", "10.0.0.12"))
                .isEqualTo(2);
        assertThat(err.toString()).contains(message);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void whatIsWrongInTheScriptOrAFlagIsNamedThere() throws IOException {
        assertThat(run(
                        KEEPALIVED,
                        MAGENT.replace(" -b", " \\\n -b 10.0.0.12:0 -b"),
                        "--bind",
                        "nope",
                        "--peer",
                        "10.0.0.12"))
                .isEqualTo(2);
        assertThat(err.toString().lines())
                .hasSize(2)
                .anySatisfy(
                        line -> assertThat(line).startsWith("mempair import: --bind: group.bind: 'nope' (expected: "))
                .anySatisfy(line -> assertThat(line)
                        .startsWith(folder.resolve("magent.sh") + ":3: proxy.backups: '10.0.0.12:0' (expected: "));
    }

    /** Whatever is in the two files is in the new one, or is said. */
    @Test
    void nothingIsDroppedInSilence() throws Exception {
        String more = KEEPALIVED
                .replace("10.0.0.100/24", "10.0.0.100/24 brd + label ens33:1\n        10.0.0.101/24 dev bond0")
                .replace("disk\n", "disk weight 5\n")
                .replace("fall 3", "fall 3\n    user nobody")
                .replace("priority 100", "priority 100\n    nopreempt\n    track_interface {\n ens33 weight 7\n}")
                .replace(
                        "virtual_server",
                        "vrrp_script lonely {\n script /bin/true\n}\nvrrp_sync_group G {\n}\nvirtual_server");

        assertThat(run(
                        more,
                        MAGENT.replace("-n 51200", "-n 51200 -Z fast"),
                        "--bind",
                        "10.0.0.11",
                        "--peer",
                        "10.0.0.12"))
                .as(err.toString())
                .isZero();

        String conf = folder.resolve("keepalived.conf").toString();
        for (String what : new String[] {
            conf + ":3: router_id LVS_1: not needed",
            "10.0.0.100/24: brd + label ens33:1 has no successor",
            "10.0.0.101/24: dev bond0 not taken; all addresses of a node are on one interface, ens33",
            "track_script disk: weight 5 has no successor",
            "vrrp_script disk: user nobody has no successor",
            "nopreempt: not needed; ",
            "track_interface: not needed; ",
            "vrrp_script lonely: not taken; the instance does not track it",
            "vrrp_sync_group G: has no successor",
            folder.resolve("magent.sh") + ":3: magent -Z: not taken; this flag is not known",
            "magent fast: not taken",
        }) {
            assertThat(err.toString()).contains(what);
            assertThat(out.toString()).contains(what);
        }
    }

    @Test
    void whatOnlyTheOperatorKnowsIsAskedFor() throws IOException {
        assertThat(run(KEEPALIVED, MAGENT)).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("mempair import: --bind: missing (expected: this host's own address, which "
                        + folder.resolve("keepalived.conf")
                        + " does not say)");
    }

    @Test
    void aScriptThatStartsNothingIsRefused() throws IOException {
        assertThat(run(KEEPALIVED, "killall magent\n", "--bind", "10.0.0.11", "--peer", "10.0.0.12"))
                .isEqualTo(2);
        assertThat(err.toString()).startsWith(folder.resolve("magent.sh") + ": no line starts magent (expected: ");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        int exitCode = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute("import", "/nope/keepalived.conf", "/nope/magent.sh");

        assertThat(exitCode).isEqualTo(2);
        assertThat(err.toString()).startsWith("/nope/keepalived.conf is not there (expected: ");
    }
}
