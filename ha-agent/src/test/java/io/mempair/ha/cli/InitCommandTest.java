package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.ConfigFingerprint;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.Mode;
import io.mempair.ha.config.NodeConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class InitCommandTest {

    private static final String GOOD =
            "--hosts 10.0.0.11,10.0.0.12 --address 10.0.0.100/24 --interface eth0 --servers 10.0.0.21,10.0.0.22";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String flags) {
        List<String> arguments =
                new ArrayList<>(List.of("init", folder.resolve("pair").toString()));
        arguments.addAll(List.of(flags.split(" ")));
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments.toArray(String[]::new));
    }

    private Path file(String name) {
        return folder.resolve("pair").resolve(name);
    }

    @Test
    void bothFilesAreGoodAndDifferOnlyWhereTheyMust() throws Exception {
        assertThat(run(GOOD)).as(err.toString()).isZero();

        NodeConfig a = ConfigReader.readNode(file("a.yaml"));
        NodeConfig b = ConfigReader.readNode(file("b.yaml"));
        assertThat(a.name() + b.name()).isEqualTo("ab");
        assertThat(a.priority()).isGreaterThan(b.priority());
        assertThat(a.group().bind()).isEqualTo(b.group().peers().get(0).host()).isEqualTo("10.0.0.11");
        assertThat(ConfigFingerprint.of(a)).isEqualTo(ConfigFingerprint.of(b));
        assertThat(Files.readString(file("a.yaml"))).contains("# ");
    }

    @Test
    void theNextCommandsAreTold() {
        run(GOOD);

        assertThat(out.toString())
                .contains("scp " + file("a.yaml") + " root@10.0.0.11:/etc/mempair/mempair.yaml")
                .contains("scp " + file("b.yaml") + " root@10.0.0.12:/etc/mempair/mempair.yaml")
                .contains("mempair check-config /etc/mempair/mempair.yaml")
                .contains("systemctl enable --now mempair\nmempair wait serving standby");
    }

    @Test
    void aWitnessHasAFileToo() throws Exception {
        assertThat(run(GOOD.replace("eth0", "eth0,bond0")
                        + " --witness 10.0.0.13 --backups 10.0.0.23 --ketama --names x,y"))
                .as(err.toString())
                .isZero();

        assertThat(ConfigReader.readWitness(file("witness.yaml")).group().peers())
                .hasSize(2);
        NodeConfig y = ConfigReader.readNode(file("y.yaml"));
        assertThat(y.group().mode()).isEqualTo(Mode.WITNESS);
        assertThat(y.virtualAddress().interfaceName()).isEqualTo("bond0");
        assertThat(out.toString()).contains("mempair-witness");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.11,10.0.0.12 | 10.0.0.11 | mempair init: --hosts: 10.0.0.11 (expected: two different ones",
                "10.0.0.11,10.0.0.12 | h,h | mempair init: --hosts: h,h (expected: two different ones",
                "eth0 | a,b,c | mempair init: --interface: a,b,c (expected: one, or one for each host)",
                "10.0.0.100/24 | 10.0.0.100 | mempair init: --address: virtual-address.address: '10.0.0.100' (expected: ",
                "10.0.0.21,10.0.0.22 | m1:0 | mempair init: --servers: proxy.servers: 'm1:0' (expected: ",
            })
    void whatCannotBeRightIsSaidAndNothingIsWritten(String before, String after, String message) {
        assertThat(run(GOOD.replace(before, after))).isEqualTo(2);
        assertThat(err.toString()).startsWith(message);
        assertThat(folder.resolve("pair")).doesNotExist();
    }

    @Test
    void nothingIsOverwritten() throws IOException {
        run(GOOD);
        String before = Files.readString(file("a.yaml"));
        Files.delete(file("b.yaml"));

        assertThat(run(GOOD.replace("eth0", "eth1"))).isEqualTo(2);

        assertThat(err.toString()).contains(file("a.yaml") + " is there already; nothing was written");
        assertThat(file("a.yaml")).hasContent(before);
        assertThat(file("b.yaml")).doesNotExist();
    }
}
