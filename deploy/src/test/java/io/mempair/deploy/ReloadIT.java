package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code mempair proxy} as a process of its own, its file changed under load. */
@Timeout(180)
class ReloadIT {

    private static final String SCRIPT = Installation.mempair();
    private static final int ROUNDS = 3;

    @RegisterExtension
    private final Background background = new Background();

    @TempDir
    private Path folder;

    private Path file;
    private int port;
    private int httpPort;
    private int[] memcached;

    @BeforeEach
    void start() throws IOException {
        file = folder.resolve("p.yaml");
        memcached = new int[] {startMemcached(), startMemcached(), startMemcached()};
        port = ReservedPorts.next();
        httpPort = ReservedPorts.next();
    }

    @Test
    void aProcessUnderLoadFollowsItsFileAndRefusesABadOneWithoutACostToAnyClient() throws Exception {
        write("servers: [" + at(0) + "]");
        Process proxy = startProxy("--config", file.toString());
        try (VerifiedLoad load = new VerifiedLoad(port, 4)) {
            for (int round = 0; round < ROUNDS; round++) {
                write("servers: [" + at(1) + ", " + at(2) + "], max-clients: " + (100 + round));
                hangUp(proxy, "max-clients: " + (round == 0 ? 4096 : 49 + round) + " -> " + (100 + round));

                write("servers: [], timeout: never");
                hangUp(proxy, "reload failed: " + file + ":1:");
                Run bad = reload();
                assertThat(bad.exitCode()).isEqualTo(2);
                assertThat(bad.err().lines()).hasSize(2).allMatch(line -> line.startsWith(file + ":1:"));
                assertThat(bad.err()).isEqualTo(checkConfig().err());

                write("servers: [" + at(0) + "], loops: 7, max-clients: 7");
                Run fixed = reload();
                assertThat(fixed.exitCode()).isEqualTo(2);
                assertThat(fixed.err()).startsWith(file + ": needs a restart: proxy.loops (");

                write("servers: [" + at(0) + "], backups: [" + at(2) + "], max-clients: " + (50 + round));
                assertThat(reload("--dry-run").orFail())
                        .startsWith(file + ": a reload would apply: proxy.servers: [" + at(1))
                        .contains(" % of the keys belong to another server");
                assertThat(reload().orFail())
                        .startsWith(file + ": proxy.servers: [" + at(1) + ", " + at(2) + "] -> [" + at(0) + "]; ");
            }
            long requests = load.end();
            System.out.println("[reload] " + 5 * ROUNDS + " reloads, " + 3 * ROUNDS + " of them refused, " + requests
                    + " requests, none failed");
            assertThat(requests).isPositive();
        }
        assertThat(status()).contains("\"applied\":true").contains(at(0)).doesNotContain(at(1) + "\",");
        assertThat(proxy.isAlive()).isTrue();
    }

    @Test
    void theLogLevelFollowsTheFile() throws Exception {
        write("servers: [" + at(0) + "]");
        Process proxy = startProxy("--config", file.toString());
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            Files.writeString(file, Files.readString(file) + "log: {level: error}\n");
            assertThat(reload().orFail()).contains("log.level: info -> error");
            write("servers: [" + at(1) + "]");
            hangUp(proxy, "log.level: error -> info");
            assertThat(client.isConnected()).isTrue();
        }
    }

    @Test
    void aProxyThatWasStartedWithFlagsSaysThatItHasNoFile() throws Exception {
        Process proxy = startProxy("-s", at(0), "-l", "127.0.0.1", "-p", String.valueOf(port));

        hangUp(proxy, "reload failed: there is no file to read again");

        assertThat(proxy.isAlive()).isTrue();
    }

    private String at(int server) {
        return "127.0.0.1:" + memcached[server];
    }

    private void write(String proxy) throws IOException {
        Files.writeString(
                file,
                "proxy: {listen: '127.0.0.1:" + port + "', " + proxy + "}\nadmin: {http: '127.0.0.1:" + httpPort
                        + "', control: " + folder.resolve("c") + "}\n");
    }

    /** Sends the signal and waits for what the process says of it. */
    private void hangUp(Process process, String expected) throws IOException {
        int before = background.log().length();
        Run.of(Map.of(), Background.LIMIT, List.of("kill", "-HUP", String.valueOf(process.pid())))
                .orFail();
        Background.until(expected, () -> background.log().substring(before).contains(expected));
    }

    private Run reload(String... options) {
        List<String> command = new ArrayList<>(
                List.of(SCRIPT, "reload", "--control", folder.resolve("c").toString()));
        command.addAll(List.of(options));
        return Run.of(Map.of(), Background.LIMIT, command);
    }

    private Run checkConfig() {
        return Run.of(Map.of(), Background.LIMIT, List.of(SCRIPT, "check-config", file.toString()));
    }

    private String status() {
        return Run.of(
                        Map.of(),
                        Background.LIMIT,
                        List.of(
                                SCRIPT,
                                "status",
                                "--json",
                                "--control",
                                folder.resolve("c").toString()))
                .orFail();
    }

    private Process startProxy(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(SCRIPT, "proxy"));
        command.addAll(List.of(words));
        Process process = background.start(command);
        Background.until("the proxy serves", () -> background.log().contains("serves on"));
        return process;
    }

    private int startMemcached() throws IOException {
        int free = ReservedPorts.next();
        background.startMemcached("127.0.0.1", free);
        return free;
    }
}
