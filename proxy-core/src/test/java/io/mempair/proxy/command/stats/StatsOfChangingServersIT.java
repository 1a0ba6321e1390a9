package io.mempair.proxy.command.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.Stats;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code stats} when servers change or are lost: two primaries and a backup. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class StatsOfChangingServersIT {

    private Memcached one;
    private Memcached two;
    private Memcached backup;
    private RunningProxy proxy;
    private RawClient client;

    @BeforeEach
    void start() throws Exception {
        one = Memcached.started("-m", "64");
        two = Memcached.started("-m", "32", "-I", "2m");
        backup = Memcached.started();
        proxy = RunningProxy.withBackups(List.of(one.address(), two.address()), List.of(backup.address()));
        client = proxy.client();
        assertThat(client.ask("set a 0 0 1\r\n1\r\nset b 0 0 1\r\n2\r\n", "STORED\r\nSTORED\r\n"))
                .isEqualTo("STORED\r\nSTORED\r\n");
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        proxy.close();
        backup.close();
        two.close();
        one.close();
    }

    @Test
    void sizesOfAllServersAreOneHistogram() throws Exception {
        assertThat(Stats.of(client, "stats sizes")).isEqualTo(Map.of("sizes_status", "disabled"));
        for (Memcached server : List.of(one, two, backup)) {
            try (RawClient straight = server.client()) {
                assertThat(straight.send("stats sizes_enable\r\n").line()).isEqualTo("STAT sizes_status enabled");
            }
        }
        for (int i = 0; i < 50; i++) {
            assertThat(client.ask("set s" + i + " 0 0 5\r\nhello\r\n", "STORED\r\n"))
                    .isEqualTo("STORED\r\n");
        }

        assertThat(Stats.of(client, "stats sizes").values().stream()
                        .mapToLong(Long::parseLong)
                        .sum())
                .isEqualTo(50);
    }

    @Test
    void resetReachesEveryServer() throws Exception {
        assertThat(client.ask("stats reset\r\n", "RESET\r\n")).isEqualTo("RESET\r\n");

        for (Memcached server : List.of(one, two, backup)) {
            assertThat(ask(server, "stats")).containsEntry("cmd_set", "0");
        }
        backup.kill();
        assertThat(client.send("stats reset\r\n").line()).isEqualTo("SERVER_ERROR not every server was reset");
    }

    @Test
    void eachServerIsShownByItself() throws Exception {
        two.kill();
        assertThat(client.send("stats reset\r\n").line()).startsWith("SERVER_ERROR");
        Map<String, String> servers = Stats.of(client, "stats servers");

        assertThat(servers)
                .containsEntry(one.address() + ":tier", "primary")
                .containsEntry(one.address() + ":up", "1")
                .containsEntry(one.address() + ":version", ask(one, "stats").get("version"))
                .containsEntry(one.address() + ":connections", "2")
                .containsEntry(one.address() + ":in_flight", "0")
                .containsEntry(one.address() + ":last_failure", "none")
                .containsEntry(two.address() + ":up", "0")
                .containsEntry(backup.address() + ":tier", "backup");
        assertThat(servers.get(two.address() + ":last_failure")).isNotEqualTo("none");
        assertThat(Stats.number(servers, two.address() + ":connections_lost")).isPositive();
    }

    @Test
    void aServerThatIsDownIsLeftOutAndSaidSo() throws Exception {
        two.kill();
        assertThat(client.send("stats reset\r\n").line()).startsWith("SERVER_ERROR");
        Map<String, String> first = ask(one, "stats");
        Map<String, String> all = Stats.of(client, "stats");

        assertThat(all)
                .containsEntry("curr_items", first.get("curr_items"))
                .containsEntry("proxy_servers_down", "1")
                .containsEntry("proxy_servers_counted", "1");
        one.kill();
        assertThat(client.send("stats reset\r\n").line()).startsWith("SERVER_ERROR");
        assertThat(Stats.of(client, "stats"))
                .containsEntry("version", first.get("version"))
                .containsEntry("proxy_servers_counted", "0")
                .doesNotContainKey("curr_items");
        for (String list : List.of("stats items", "stats slabs", "stats sizes")) {
            assertThat(Stats.of(client, list)).as(list).isEmpty();
        }
        backup.kill();
        assertThat(client.send("stats reset\r\n").line()).startsWith("SERVER_ERROR");
        assertThat(Stats.of(client, "stats settings")).isEqualTo(Map.of("maxconns", "4096"));
    }

    @Test
    void noCounterFallsWhileServersAreAwayOrAfterTheyCameBackEmpty() throws Exception {
        Map<String, String> whole = Stats.of(client, "stats");
        two.kill();
        awaitDown(1);
        assertNoCounterFell(whole, Stats.of(client, "stats"));
        one.kill();
        awaitDown(2);
        Map<String, String> last = Stats.of(client, "stats");
        assertNoCounterFell(whole, last);
        assertThat(last).containsEntry("limit_maxbytes", whole.get("limit_maxbytes"));

        one.start();
        two.start();
        awaitDown(0);
        Map<String, String> restarted = Stats.of(client, "stats");
        assertNoCounterFell(last, restarted);
        assertThat(restarted).containsEntry("curr_items", "0");
        assertThat(client.ask("set a 0 0 1\r\n1\r\n", "STORED\r\n")).isEqualTo("STORED\r\n");
        assertThat(Stats.number(Stats.of(client, "stats"), "cmd_set")).isEqualTo(Stats.number(whole, "cmd_set") + 1);
    }

    private void awaitDown(int servers) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(Stats.of(client, "stats"))
                        .containsEntry("proxy_servers_down", String.valueOf(servers)));
    }

    private static void assertNoCounterFell(Map<String, String> earlier, Map<String, String> later) {
        for (String name : List.of("cmd_get", "cmd_set", "get_hits", "total_items", "bytes_read", "bytes_written")) {
            assertThat(Stats.number(later, name)).as(name).isGreaterThanOrEqualTo(Stats.number(earlier, name));
        }
    }

    private static Map<String, String> ask(Memcached server, String request) throws Exception {
        try (RawClient straight = server.client()) {
            return Stats.of(straight, request);
        }
    }
}
