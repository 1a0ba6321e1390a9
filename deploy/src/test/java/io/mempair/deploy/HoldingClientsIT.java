package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients as applications use them, which hold their connections: none notices switchovers. */
@Tag("timed")
@Timeout(240)
class HoldingClientsIT {

    private static final Path CLIENTS = Path.of("src/test/clients/holding").toAbsolutePath();
    private static final String PORT = "11211";
    private static final int SWITCHOVERS = 4;

    /** One each, and four of Java. */
    private static final int CONNECTIONS = 4 + 4;

    @RegisterExtension
    private final Lab lab = new Lab();

    private final HandoverPair pair = new HandoverPair(lab);
    private final Map<String, Process> clients = new LinkedHashMap<>();

    private void startClients() {
        // not the first python3 of the path: Debian's packages are Debian's Python's
        start("pymemcache", "/usr/bin/python3", script("pymemcache_client.py"), Lab.VIP, PORT);
        start("php-text", "php", script("php_memcached.php"), Lab.VIP, PORT, "text");
        start("php-binary", "php", script("php_memcached.php"), Lab.VIP, PORT, "binary");
        start("dalli", "ruby", script("dalli_client.rb"), Lab.VIP, PORT);
        start(
                "java",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                Installation.QUICK_FLAG,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                HoldingClientsMain.class.getName(),
                Lab.VIP,
                PORT);
    }

    private static String script(String name) {
        return CLIENTS.resolve(name).toString();
    }

    private void start(String name, String... command) {
        clients.put(name, lab.start("c", name, command));
    }

    /** Each has had the right answers once more. */
    private void untilAllGoOn(String when) throws IOException {
        for (String name : clients.keySet()) {
            long before = rounds(name);
            lab.until(name + " gets answers " + when, () -> !clients.get(name).isAlive() || rounds(name) > before + 1);
            assertThat(clients.get(name).isAlive())
                    .as(() -> name + " goes on " + when + ": " + lastOf(name))
                    .isTrue();
        }
    }

    private long rounds(String name) throws IOException {
        return lab.log("c", name)
                .lines()
                .filter(line -> line.startsWith("round "))
                .count();
    }

    private String lastOf(String name) {
        try {
            return lab.log("c", name)
                    .lines()
                    .filter(line -> !line.startsWith("round "))
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            return String.valueOf(e);
        }
    }

    /** The connections of the clients' host, by their own ports. */
    private Set<String> connections() {
        return lab.on("c", "ss", "-Htn", "state", "established", "dst", Lab.VIP + ':' + PORT)
                .orFail()
                .lines()
                .map(line -> line.strip().split("\\s+", -1)[2])
                .collect(Collectors.toSet());
    }

    @Test
    void clientsThatHoldTheirConnectionsNoticeNoSwitchover() throws Exception {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
        pair.start(UnaryOperator.identity());
        startClients();
        untilAllGoOn("before");
        Set<String> held = connections();
        assertThat(held).hasSize(CONNECTIONS);

        String active = "a";
        for (int i = 1; i <= SWITCHOVERS; i++) {
            assertThat(lab.switchover(active).orFail()).contains("is active");
            active = HandoverPair.other(active);
            untilAllGoOn("after switchover " + i);
            assertThat(connections()).isEqualTo(held);
        }

        for (Map.Entry<String, Process> one : clients.entrySet()) {
            one.getValue().getOutputStream().write("end\n".getBytes(StandardCharsets.UTF_8));
            one.getValue().getOutputStream().flush();
            assertThat(one.getValue().waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(one.getValue().exitValue())
                    .as(() -> one.getKey() + ": " + lastOf(one.getKey()))
                    .isZero();
        }
        assertThat(pair.counted("a", "moved") + pair.counted("b", "moved")).isEqualTo(SWITCHOVERS * CONNECTIONS);
    }
}
