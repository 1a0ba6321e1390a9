package io.mempair.proxy.command.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.Stats;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code stats} in front of real memcached: two primaries and a backup. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class StatsIT {

    private static Memcached one;
    private static Memcached two;
    private static Memcached backup;
    private static RunningProxy proxy;
    private static RawClient client;

    @BeforeAll
    static void start() throws Exception {
        one = Memcached.started("-m", "64");
        two = Memcached.started("-m", "32", "-I", "2m");
        backup = Memcached.started();
        proxy = RunningProxy.withBackups(List.of(one.address(), two.address()), List.of(backup.address()));
        client = proxy.client();
        for (int i = 0; i < 300; i++) {
            String value = "x".repeat(i * 7);
            client.send("set k" + i + " 0 0 " + value.length() + " noreply\r\n" + value + "\r\n");
            client.send("get k" + i + " missing" + i + "\r\n");
            while (!client.line().equals("END")) {
                // the value
            }
        }
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        proxy.close();
        backup.close();
        two.close();
        one.close();
    }

    @Test
    void everyNameOfMemcachedIsThereAndCountersAreTheSumsOfThePrimaries() throws Exception {
        Map<String, String> first = ask(one, "stats");
        Map<String, String> second = ask(two, "stats");
        Map<String, String> all = Stats.of(client, "stats");

        assertThat(all.keySet()).containsAll(first.keySet());
        assertThat(all.keySet().stream()
                        .filter(name -> !name.startsWith("proxy_"))
                        .toList())
                .as("memcached's names in memcached's order")
                .isEqualTo(List.copyOf(first.keySet()));
        for (String name : List.of(
                "cmd_get",
                "cmd_set",
                "get_hits",
                "get_misses",
                "bytes",
                "curr_items",
                "total_items",
                "limit_maxbytes")) {
            assertThat(Stats.number(all, name))
                    .as(name)
                    .isEqualTo(Stats.number(first, name) + Stats.number(second, name));
        }
        assertThat(Stats.number(all, "curr_items")).isEqualTo(300);
        assertThat(Stats.number(all, "get_misses")).isEqualTo(300);
        assertThat(all).containsEntry("version", first.get("version"));
        assertThat(Stats.number(all, "pid")).isEqualTo(ProcessHandle.current().pid());
        assertThat(Stats.number(all, "max_connections")).isEqualTo(4_096);
        assertThat(Stats.number(all, "curr_connections")).isEqualTo(1);
        assertThat(all)
                .containsEntry("proxy_servers", "3")
                .containsEntry("proxy_servers_up", "3")
                .containsEntry("proxy_servers_down", "0")
                .containsEntry("proxy_servers_counted", "2");
        assertThat(all.entrySet().stream()
                        .mapToInt(stat -> ("STAT " + stat.getKey() + ' ' + stat.getValue() + "\r\n").length())
                        .sum())
                .as("fits the 4,095 bytes of collectd, with END")
                .isLessThanOrEqualTo(4_090);
    }

    /** Source: memcached_exporter, pkg/exporter/exporter.go; the first of them switches the others on. */
    @Test
    void memcachedExporterFindsItsNamesOfAProxy() throws Exception {
        List<String> names = List.of(
                "proxy_backend_total",
                "proxy_conn_requests",
                "proxy_conn_errors",
                "proxy_conn_oom",
                "proxy_req_active",
                "proxy_config_reloads",
                "proxy_config_reload_fails",
                "proxy_config_cron_runs",
                "proxy_config_cron_fails",
                "proxy_backend_marked_bad",
                "proxy_backend_failed",
                "proxy_request_failed_depth");

        Map<String, String> all = Stats.of(client, "stats");
        assertThat(all.keySet()).containsAll(names);
        assertThat(Stats.of(client, "stats proxy").keySet()).containsAll(names);
        assertThat(all).containsEntry("proxy_backend_total", "3").containsEntry("proxy_config_reloads", "0");
        assertThat(Stats.number(all, "proxy_conn_requests")).isGreaterThanOrEqualTo(600);
        proxy.server().countReload(true);
        proxy.server().countReload(false);
        proxy.server().countReload(false);
        assertThat(Stats.of(client, "stats"))
                .containsEntry("proxy_config_reloads", "1")
                .containsEntry("proxy_config_reload_fails", "2");
    }

    @Test
    void whatTheProxyItselfDidIsAListOfItsOwn() throws Exception {
        assertThat(Stats.of(client, "stats proxy"))
                .containsEntry("proxy_keys_hit", "300")
                .containsEntry("proxy_keys_miss", "300")
                .containsEntry("proxy_commands_set", "300")
                .containsEntry("proxy_servers", "3")
                .containsEntry("proxy_servers_down", "0")
                .containsEntry("proxy_loops", "2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stats items", "stats slabs"})
    void classesAreSummedOverThePrimaries(String request) throws Exception {
        Map<String, String> first = ask(one, request);
        Map<String, String> second = ask(two, request);
        Map<String, String> all = Stats.of(client, request);

        assertThat(all.keySet()).containsAll(first.keySet()).containsAll(second.keySet());
        for (String name : all.keySet()) {
            if (name.endsWith(":number") || name.endsWith(":used_chunks") || name.equals("total_malloced")) {
                assertThat(Stats.number(all, name))
                        .as(name)
                        .isEqualTo(Long.parseLong(first.getOrDefault(name, "0"))
                                + Long.parseLong(second.getOrDefault(name, "0")));
            }
        }
    }

    @Test
    void settingsAreTheLeastOfLimitsAndToldApartWhereTheyDiffer() throws Exception {
        Map<String, String> all = Stats.of(client, "stats settings");

        assertThat(all)
                .containsEntry("item_size_max", "1048576")
                .containsEntry("maxbytes", String.valueOf(32 << 20))
                .containsEntry("maxconns", "4096")
                .containsEntry("evictions", "on")
                .containsEntry(
                        one.address() + ":tcpport", String.valueOf(one.address().port()))
                .containsEntry(
                        two.address() + ":tcpport", String.valueOf(two.address().port()));
        Set<String> known = ask(one, "stats settings").keySet();
        assertThat(known).allMatch(name -> all.containsKey(name) || all.containsKey(one.address() + ":" + name));
    }

    @Test
    void magentIsAnsweredInMagentsForm() throws Exception {
        String expected = "memcached agent v0.6\r\nmatrix 1 -> " + one.address() + ", pool size 2\r\nmatrix 2 -> "
                + two.address() + ", pool size 2\r\nEND\r\n";

        assertThat(client.ask("stats magent\r\n", expected)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"conns", "detail on", "detail dump", "cachedump 1 10", "extstore", "sizes_enable"})
    void aListOfOneServerIsRefusedAndTheConnectionEndsForReadersThatWaitForItsEnd(String argument) throws Exception {
        try (RawClient reader = proxy.client()) {
            reader.send("stats " + argument + "\r\n");

            assertThat(reader.rest())
                    .isEqualTo("CLIENT_ERROR stats " + argument.split(" ", 2)[0]
                            + " not supported by the proxy: ask the server directly\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lru_crawler metadump all", "lru_crawler mgdump hash", "watch", "watch fetchers"})
    void aDumpOrStreamIsRefusedAndTheConnectionEndsForReadersThatWaitForItsEnd(String command) throws Exception {
        try (RawClient reader = proxy.client()) {
            reader.send("touch missing 0\r\n" + command + "\r\n");

            assertThat(reader.rest())
                    .isEqualTo("NOT_FOUND\r\n"
                            + "CLIENT_ERROR command refused by the proxy: it concerns one server only\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lru_crawler enable", "lru_crawler", "slabs automove 1", "cache_memlimit 64", "shutdown"})
    void whatIsAnsweredWithOneLineIsRefusedWithOneLine(String command) throws Exception {
        assertThat(client.send(command + "\r\ntouch missing 0\r\n").line()).startsWith("CLIENT_ERROR command refused");
        assertThat(client.line()).isEqualTo("NOT_FOUND");
    }

    @Test
    void pipelinedAnswersComeInTheOrderAsked() throws Exception {
        client.send("touch missing 0\r\nstats zzz\r\nstats magent\r\ntouch missing 0\r\nstats items\r\nversion\r\n");

        assertThat(client.line()).isEqualTo("NOT_FOUND");
        assertThat(client.line()).isEqualTo("ERROR");
        assertThat(client.line()).isEqualTo("memcached agent v0.6");
        assertThat(client.line()).startsWith("matrix 1");
        assertThat(client.line()).startsWith("matrix 2");
        assertThat(client.line()).isEqualTo("END");
        assertThat(client.line()).isEqualTo("NOT_FOUND");
        String line = client.line();
        while (line.startsWith("STAT items:")) {
            line = client.line();
        }
        assertThat(line).isEqualTo("END");
        assertThat(client.line()).startsWith("VERSION ");
    }

    private static Map<String, String> ask(Memcached server, String request) throws Exception {
        try (RawClient straight = server.client()) {
            return Stats.of(straight, request);
        }
    }
}
