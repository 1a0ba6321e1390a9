package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnitSocketsTest {

    @TempDir
    private Path run;

    private Path socket(String folder) throws IOException {
        Path path = Files.createDirectories(run.resolve(folder)).resolve("control.sock");
        try (var made = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            made.bind(UnixDomainSocketAddress.of(path));
        }
        return path;
    }

    @Test
    void thoseOfProxiesAndOfNamedInstancesAreFound() throws IOException {
        Path two = socket("mempair/two");
        Path proxy = socket("mempair-proxy");
        socket("other");
        Files.writeString(Files.createDirectories(run.resolve("mempair-file")).resolve("control.sock"), "no socket");

        assertThat(UnitSockets.below(run)).containsExactly(proxy, two);
        assertThat(UnitSockets.below(run.resolve("nowhere"))).isEmpty();
    }

    @Test
    void theyAreNamedInPlaceOfTheOneBehindWhichNobodyIs() {
        Path usual = Path.of("/run/mempair/control.sock");

        assertThat(UnitSockets.hint(List.of(usual), usual)).isEmpty();
        assertThat(UnitSockets.hint(List.of(usual, Path.of("/run/mempair-proxy/control.sock")), usual))
                .isEqualTo("; on this host there is /run/mempair-proxy/control.sock: name it with --control");
    }
}
