package io.mempair.proxy.command.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Debian's memcached-tool, which reads every answer up to a line that begins with END, and knows no error. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class MemcachedToolIT {

    private static final Path TOOL = Path.of("/usr/share/memcached/scripts/memcached-tool");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"display", "stats", "settings", "sizes", "dump", "keys"})
    void everyModeEnds(String mode) throws Exception {
        try (Memcached server = Memcached.started();
                RunningProxy proxy = RunningProxy.inFrontOf(server.address())) {
            assertItEnds(proxy, mode);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"display", "stats", "settings", "sizes", "dump", "keys"})
    void everyModeEndsWithEveryServerDown(String mode) throws Exception {
        try (Memcached server = Memcached.started();
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            server.kill();
            assertThat(client.send("stats reset\r\n").line()).startsWith("SERVER_ERROR");

            assertItEnds(proxy, mode);
        }
    }

    private void assertItEnds(RunningProxy proxy, String mode) throws Exception {
        assertThat(TOOL).as("apt-get install memcached").exists();
        Path output = folder.resolve("output");
        Process tool = new ProcessBuilder("timeout", "20", "perl", TOOL.toString(), "127.0.0.1:" + proxy.port(), mode)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(tool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(tool.exitValue())
                .as("124 if it was still waiting; %s", Files.readString(output, StandardCharsets.ISO_8859_1))
                .isZero();
    }
}
