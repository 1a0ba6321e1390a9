package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A server whose name gets another address; the names are those of a hosts file that only the proxy sees. */
@Timeout(180)
class MovedServerIT {

    /** Well below the half minute for which a JVM keeps a name unless told otherwise. */
    private static final Duration FOLLOWED = Duration.ofSeconds(12);

    @RegisterExtension
    private final Background background = new Background();

    @Test
    void aNameThatMovesIsFollowedWhenTheConnectionIsLost(@TempDir Path folder) throws Exception {
        int port = ReservedPorts.next();
        int proxyPort = ReservedPorts.next();
        Process old = background.startMemcached("127.0.0.1", port);
        background.startMemcached("127.0.0.2", port);
        ask("127.0.0.2", port, "set k 0 0 3\r\nnew\r\n");
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 cache.test\n");
        background.start(List.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount --bind " + hosts + " /etc/hosts && exec " + Installation.mempair() + " proxy -s cache.test:"
                        + port + " -l 127.0.0.1 -p " + proxyPort));
        Background.until("the proxy serves", () -> background.log().contains("serves on"));
        assertThat(ask("127.0.0.1", proxyPort, "get k\r\n")).isEqualTo("END");

        Files.writeString(hosts, "127.0.0.2 cache.test\n");
        old.destroyForcibly().waitFor(5, TimeUnit.SECONDS);

        Awaitility.await("the new address is asked")
                .atMost(FOLLOWED)
                .pollInterval(50, TimeUnit.MILLISECONDS)
                .until(() -> ask("127.0.0.1", proxyPort, "get k\r\n").startsWith("VALUE k"));
    }

    /** The first line of the answer. */
    private static String ask(String address, int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName(address), port)) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write((request + "quit\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .findFirst()
                    .orElse("");
        }
    }
}
