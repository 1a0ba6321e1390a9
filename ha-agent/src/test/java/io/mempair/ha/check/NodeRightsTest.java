package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.HooksConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeRightsTest {

    private static final String UNIT = "mempair.service";

    @TempDir
    private Path folder;

    private List<String> warnings() {
        return new NodeRights(List.of(folder.resolve("etc"), folder.resolve("lib")), process("0000000000000000"))
                .warnings(UNIT, HooksConfig.NONE);
    }

    private Preflight process(String capabilities) {
        try {
            Path status = Files.writeString(folder.resolve("status"), "Name: java\nCapEff:\t" + capabilities + '\n');
            return new Preflight(List.of(), status, config -> List.of(), new KernelAdvertising(folder));
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private void write(String name, String lines) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "[Service]\n" + lines + '\n');
    }

    @Test
    void withoutAUnitTheRightsOfThisProcessCount() {
        assertThat(warnings())
                .singleElement()
                .asString()
                .startsWith("started from here: virtual-address: no right to ")
                .contains("CAP_NET_ADMIN", "CAP_NET_RAW");
        assertThat(new NodeRights(List.of(folder), process("0000000000003000")).warnings(UNIT, HooksConfig.NONE))
                .isEmpty();
    }

    @Test
    void theUnitOfThePackageLacksNothing() throws Exception {
        write("lib/" + UNIT, Files.readString(Path.of("..", "deploy", "package", "systemd", UNIT)));

        assertThat(warnings()).isEmpty();
    }

    @Test
    void whatAUnitLacksIsSaidWithItsName() throws Exception {
        write("lib/" + UNIT, "User=mempair\nAmbientCapabilities=CAP_NET_RAW");
        assertThat(warnings())
                .singleElement()
                .asString()
                .startsWith(UNIT + ": no CAP_NET_ADMIN, so it cannot hold the address (expected: AmbientCapabilities=");

        write("etc/" + UNIT + ".d/rights.conf", "AmbientCapabilities=CAP_NET_ADMIN");
        assertThat(warnings())
                .singleElement()
                .asString()
                .contains("no CAP_SYS_NICE, so the guard of the address has no real-time priority");

        write("etc/" + UNIT + ".d/rights.conf", "AmbientCapabilities=\nUser=root");
        assertThat(warnings()).as("root needs none").isEmpty();
    }
}
