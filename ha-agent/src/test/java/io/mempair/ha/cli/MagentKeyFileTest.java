package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.LogLevel;
import io.mempair.ha.config.ProxyFile;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.ServerAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MagentKeyFileTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private int proxy(Path file) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute("proxy", "-c", file.toString());
    }

    private Path keyFile(String text) throws IOException {
        return Files.writeString(folder.resolve("ketama.conf"), text);
    }

    @Test
    void magentsFileIsRefusedAndShownAsTheFileToUseInstead() throws Exception {
        Path file = keyFile("""
                [General]
                # two of each
                masters = 10.0.0.21:11211,10.0.0.22:11211
                backups=cache3:11213
                host_ip=10.0.0.100
                port=12000
                maxidle=20
                maxconns=51200
                useketama=true
                daemon_mode=true
                verbose_mode=true
                logdir=/home
                """);

        assertThat(proxy(file)).isEqualTo(2);

        assertThat(err.toString()).startsWith("mempair proxy: -c " + file + ": magent's file is not read");
        ProxyFile read = ConfigReader.readProxy(Files.writeString(folder.resolve("p.yaml"), out.toString()));
        assertThat(read.proxy().listeners().tcp()).containsExactly(new ServerAddress("10.0.0.100", 12000));
        assertThat(read.proxy().pool().primaries())
                .containsExactly(new ServerAddress("10.0.0.21", 11211), new ServerAddress("10.0.0.22", 11211));
        assertThat(read.proxy().pool().backups()).containsExactly(new ServerAddress("cache3", 11213));
        assertThat(read.proxy().pool().placement().distribution()).isEqualTo(Distribution.MAGENT_KETAMA);
        assertThat(read.proxy().limits().maxClients()).isEqualTo(51_200);
        assertThat(read.log().level()).isEqualTo(LogLevel.DEBUG);
        assertThat(out.toString()).contains("# maxidle=20: not needed");
    }

    @Test
    void whatItLeavesOutIsMagentsDefault() throws Exception {
        proxy(keyFile("[General]\nmasters=m1\n"));

        ProxyFile read = ConfigReader.readProxy(Files.writeString(folder.resolve("p.yaml"), out.toString()));
        assertThat(read.proxy().listeners().tcp()).containsExactly(new ServerAddress("0.0.0.0", 11_215));
        assertThat(read.proxy().pool().placement().distribution()).isEqualTo(Distribution.MODULO);
        assertThat(read.proxy().limits().maxClients()).isEqualTo(4_096);
    }

    @Test
    void aFileWithoutServersOrNoFileIsSaidByName() throws Exception {
        assertThat(proxy(keyFile("[General]\nbackups=m1\n"))).isEqualTo(2);
        assertThat(proxy(folder.resolve("none"))).isEqualTo(2);

        assertThat(err.toString().lines())
                .hasSize(2)
                .anyMatch(line -> line.contains("masters: missing"))
                .anyMatch(line -> line.contains("none is not there (expected: "));
        assertThat(out.toString()).isEmpty();
    }
}
