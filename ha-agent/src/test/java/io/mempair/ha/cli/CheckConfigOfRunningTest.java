package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code check-config} says of the keys that a reload would move, beside a program that runs. */
@Timeout(30)
class CheckConfigOfRunningTest extends CommandOfNode {

    private static final String RUNNING = "{a: m1, b: 'm2:11211:2', c: m3}, distribution: libketama, hash: fnv1a-64,"
            + " hash-tag: '{}', hash-skip-prefix: app., backups: {d: m4}";

    private Path file(String servers) throws IOException {
        return Files.writeString(
                folder.resolve("proxy.yaml"), "proxy: {servers: " + servers + "}\nadmin: {control: " + control + "}\n");
    }

    private String checked(String servers) throws Exception {
        node.pool = ConfigReader.readProxy(file(RUNNING)).proxy().pool();
        assertThat(run("check-config", file(servers).toString())).isZero();
        return out.toString();
    }

    @Test
    void theFileThatRunsMovesNothing() throws Exception {
        assertThat(checked(RUNNING)).contains(": good, a proxy on").doesNotContain("%");
    }

    @Test
    void anotherServerTakesItsShare() throws Exception {
        assertThat(checked(RUNNING.replace("c: m3", "c: m3, e: m5")))
                .containsPattern(
                        "; about (1[5-9]|2[0-9]) % of the keys belong to another server than by what runs now, and"
                                + " are missing there after a reload, to m5:11211 \\([12]");
    }

    @Test
    void anotherPartOfTheKeyMovesMostOfThem() throws Exception {
        assertThat(checked(RUNNING.replace("hash: fnv1a-64", "hash: murmur")))
                .containsPattern("about [5-7][0-9] % of the keys");
    }

    @Test
    void anotherServerOfTheSecondTierMovesSecondCopiesAlone() throws Exception {
        assertThat(checked(RUNNING.replace("d: m4", "d: m6")))
                .contains("; about 100 % of the second copies belong to another server than by what runs now");
    }

    @Test
    void whereNothingRunsNothingIsSaid() throws Exception {
        stop();

        assertThat(checked("[m7, m8]")).contains("good").doesNotContain("%");
    }

    @Test
    void aProgramWithoutServersSaysNothing() throws Exception {
        Path file = file("[m7, m8]");

        assertThat(run("check-config", file.toString())).isZero();
        assertThat(out.toString()).contains("good").doesNotContain("%");
    }
}
