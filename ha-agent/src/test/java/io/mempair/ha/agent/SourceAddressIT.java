package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.lab.ChildJvm;
import io.mempair.ha.lab.Namespaces;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * From which address a node on host {@code a} connects to a memcached on host {@code b}, by what {@code b} sees. The virtual
 * address is on {@code a} all the time, and is what the kernel would choose.
 */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class SourceAddressIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String VIRTUAL = "10.88.0.100";
    private static final String OWN_LATER = "10.88.0.11";
    private static final String OWN_ELSEWHERE = "10.91.0.1";
    private static final String SERVER = "10.88.0.21";

    private Namespaces hosts;
    private Process memcached;
    private ChildJvm node;

    @BeforeEach
    void startServer() throws IOException {
        hosts = new Namespaces();
        hosts.add("b", SERVER + "/24");
        hosts.add("a", VIRTUAL + "/24");
        memcached = new ProcessBuilder(
                        "ip",
                        "netns",
                        "exec",
                        hosts.name("b"),
                        "memcached",
                        "-u",
                        "nobody",
                        "-l",
                        SERVER,
                        "-p",
                        "11211")
                .inheritIO()
                .start();
        await().atMost(SOON)
                .until(() ->
                        hosts.on("b", "ss", "-Hltn", "sport", "=", ":11211").contains(SERVER));
    }

    @AfterEach
    void end() throws InterruptedException {
        if (node != null) {
            node.close();
        }
        memcached.destroyForcibly();
        memcached.waitFor(5, TimeUnit.SECONDS);
        hosts.close();
    }

    private void startNode(String transport) throws IOException {
        node = new ChildJvm(hosts.name("a"), SourceMain.class, transport, VIRTUAL, SERVER);
        await().atMost(SOON).untilAsserted(() -> assertThat(node.lines).contains("started"));
    }

    private String tell(String line) throws IOException {
        long before = node.lines.size();
        node.say(line);
        await().atMost(SOON)
                .until(() -> node.lines.stream().skip(before).anyMatch(said -> said.startsWith(line + " up=")));
        return node.lines.get(node.lines.size() - 1);
    }

    /** Who the server is connected to, each connection once. */
    private List<String> clients() {
        return hosts.on("b", "ss", "-Htn", "state", "established", "sport", "=", ":11211")
                .lines()
                .map(line -> line.strip().split("\\s+", -1)[3].replaceAll(":\\d+$", ""))
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "io_uring"})
    void anOwnAddressOfTheServersNetworkIsBoundAlthoughTheVirtualOneWasThereFirst(String transport) throws IOException {
        hosts.add("a", OWN_LATER + "/24");

        startNode(transport);

        await().atMost(SOON).until(() -> clients().size() == 2);
        assertThat(clients()).containsOnly(OWN_LATER);
        assertThat(tell("status")).contains("up=true from=null");
    }

    @Test
    void anOwnAddressOfAnotherNetworkIsBoundWhereThereIsAWayBackToIt() throws IOException {
        startNode("auto");

        await().atMost(SOON).until(() -> clients().size() == 2);
        assertThat(clients()).containsOnly(OWN_ELSEWHERE);
        assertThat(tell("open")).contains("up=true from=null");
    }

    @Test
    void withoutAWayBackTheVirtualAddressIsUsedWhileActiveAndNoConnectionStaysBehindWhenItMoves() throws IOException {
        hosts.on("b", "ip", "addr", "del", "10.91.0.2/24", "dev", "eth0");
        startNode("auto");
        assertThat(tell("status")).contains("up=false", "why=only " + VIRTUAL + " leads there");
        assertThat(clients()).isEmpty();

        tell("open");
        await().atMost(SOON).until(() -> clients().equals(List.of(VIRTUAL, VIRTUAL)));
        await().atMost(SOON).until(() -> tell("status").contains("up=true from=" + VIRTUAL));
        assertThat(node.hasSaid("is connected from the virtual address " + VIRTUAL))
                .isTrue();
        tell("drain");
        hosts.on("a", "ip", "addr", "del", VIRTUAL + "/24", "dev", "eth0");

        await().atMost(Duration.ofSeconds(5)).until(() -> clients().isEmpty());
    }
}
