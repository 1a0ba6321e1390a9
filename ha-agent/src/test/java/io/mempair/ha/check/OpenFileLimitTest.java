package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.ConfigReader;
import io.mempair.proxy.config.ProxyConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFileLimitTest {

    private static final String UNIT = "mempair-proxy.service";

    @TempDir
    private Path folder;

    private ProxyConfig manyClients() throws Exception {
        Path file = Files.writeString(
                folder.resolve("proxy.yaml"), "proxy:\n  servers: [10.0.0.21]\n  loops: 1\n  max-clients: 5000\n");
        return ConfigReader.readProxy(file).proxy();
    }

    private OpenFileLimit limit(long own) {
        return new OpenFileLimit(List.of(folder.resolve("etc"), folder.resolve("lib")), own);
    }

    private void write(String name, String limit) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "[Service]\n" + limit + '\n');
    }

    @Test
    void withoutAUnitItIsThatOfThisProcess() throws Exception {
        assertThat(limit(6_000).warning(manyClients(), UNIT)).isEmpty();
        assertThat(limit(1_024).warning(manyClients(), UNIT))
                .get()
                .asString()
                .startsWith("started from here: open files: at most 1024 (expected: ")
                .contains("max-clients 5000");
    }

    @Test
    void withAUnitItIsThatOfTheUnitAndOfWhatIsAddedToIt() throws Exception {
        write("lib/" + UNIT, "LimitNOFILE=262144");
        assertThat(limit(1_024).warning(manyClients(), UNIT)).isEmpty();

        write("etc/" + UNIT + ".d/limit.conf", "LimitNOFILE=1024:4096");
        assertThat(limit(1_000_000).warning(manyClients(), UNIT))
                .get()
                .asString()
                .startsWith(UNIT + ": open files: at most 4096 ");

        write("etc/" + UNIT + ".d/more.conf", "LimitNOFILE=infinity");
        assertThat(limit(1_024).warning(manyClients(), UNIT)).isEmpty();
    }

    @Test
    void aUnitInPlaceOfThePackagesCountsAlone() throws Exception {
        write("lib/" + UNIT, "LimitNOFILE=262144");
        write("etc/" + UNIT, "LimitNOFILE=2048");

        assertThat(limit(1_000_000).warning(manyClients(), UNIT))
                .get()
                .asString()
                .contains("at most 2048");
    }
}
