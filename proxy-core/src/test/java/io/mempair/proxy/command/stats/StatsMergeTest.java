package io.mempair.proxy.command.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.protocol.Stat;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatsMergeTest {

    @ParameterizedTest
    @CsvSource({
        "SUM,            1 2 3,                              6",
        "SUM,            18446744073709551615 1,             18446744073709551616",
        "SUM,            0.004803 1.250000,                  1.254803",
        "SUM,            1 x,                                -",
        "SUM,            1 999999999999999999999999999999,   -",
        "MAX,            9 10 8,                             10",
        "MIN,            9 10 8,                             8",
        "MIN_NONZERO,    0 7 5,                              5",
        "MIN_NONZERO,    0 0,                                0",
        "LOWEST_VERSION, 1.6.18 1.6.9 1.10.0,                1.6.9",
        "LOWEST_VERSION, 2.1.12-stable 2.1.8-stable,         2.1.8-stable",
        "AGREED,         yes yes,                            yes",
        "AGREED,         yes no,                             -",
        "SUM_OR_AGREED,  1 2,                                3",
        "SUM_OR_AGREED,  0.80 0.80,                          0.80",
        "SUM_OR_AGREED,  0.80 0.90,                          -",
        "SUM_OR_AGREED,  1 no,                               -",
    })
    void aRuleMakesOneValueOfManyOrNone(StatRule rule, String values, String expected) {
        String merged = rule.of(Arrays.asList(values.split(" ", -1)));

        assertThat(merged == null ? "-" : merged).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "1.6.9, 1.6.10, -1",
        "1.6.10, 1.6.9, 1",
        "1.6.18, 1.6.18, 0",
        "1.6, 1.6.0, -1",
        "1.4.15, 1.6.0, -1",
        "1.6.0-beta1, 1.6.0-beta2, -1",
        "memcached agent v0.6, 1.4.0, -1",
        "99999999999999999999.1, 1.6, 1",
    })
    void versionsAreOrderedByTheirNumbers(String one, String other, int expected) {
        assertThat(Integer.signum(VersionOrder.INSTANCE.compare(one, other))).isEqualTo(expected);
        assertThat(Integer.signum(VersionOrder.INSTANCE.compare(other, one))).isEqualTo(-expected);
    }

    @Test
    void theGeneralListKeepsTheOrderOfMemcachedAndReplacesWhatIsOfTheProcess() {
        List<ServerStats> servers = List.of(
                server(1, "pid 7", "uptime 100", "cmd_get 5", "version 1.6.18", "bytes 10"),
                server(2, "pid 8", "uptime 40", "cmd_get 6", "cmd_new 1", "version 1.6.9", "bytes 20"));

        assertThat(StatsMerge.general(servers, stats("pid 1", "version 1.6.9"), stats("proxy_servers 2"), List.of()))
                .isEqualTo(stats(
                        "pid 1",
                        "uptime 40",
                        "cmd_get 11",
                        "version 1.6.9",
                        "bytes 30",
                        "cmd_new 1",
                        "proxy_servers 2"));
    }

    @Test
    void withoutAnyServerOnlyTheProxyIsHeard() {
        assertThat(StatsMerge.general(List.of(), stats("pid 1"), stats("proxy_servers 2"), List.of()))
                .isEqualTo(stats("pid 1", "proxy_servers 2"));
    }

    /** Both lines and END are 4,095 bytes when the word has 4,048 bytes and the number grows to 20 digits. */
    @ParameterizedTest
    @CsvSource({
        "4048, 1, true",
        "4048, 12345678901234567890, true",
        "4049, 1, false",
        "4049, 12345678901234567890, false"
    })
    void whatMemcachedsProxyAnswersIsThereIfItFitsHoweverFarItCounts(int word, String number, boolean there) {
        ServerStats server = server(1, "n " + "w".repeat(word));

        List<Stat> list = StatsMerge.general(List.of(server), List.of(), List.of(), stats("proxy " + number));

        assertThat(list).hasSize(there ? 2 : 1);
    }

    @Test
    void aKnownNameWithANonsensicalValueIsLeftOut() {
        assertThat(StatsMerge.general(
                        List.of(server(1, "uptime soon", "bytes 1"), server(2, "uptime 5", "bytes 2")),
                        List.of(),
                        List.of(),
                        List.of()))
                .isEqualTo(stats("bytes 3"));
    }

    @Test
    void classesAreSummedAndStandInOrder() {
        List<ServerStats> servers = List.of(
                server(1, "items:2:number 1", "items:2:age 50", "items:12:number 3", "items:12:evicted_time 0"),
                server(2, "items:2:number 2", "items:2:age 70", "items:3:number 9", "items:12:evicted_time 4"));

        assertThat(StatsMerge.byClass(servers))
                .isEqualTo(stats(
                        "items:2:number 3",
                        "items:2:age 70",
                        "items:3:number 9",
                        "items:12:number 3",
                        "items:12:evicted_time 4"));
    }

    @Test
    void slabTotalsStandBehindTheClasses() {
        List<ServerStats> servers = List.of(
                server(1, "1:chunk_size 96", "1:total_pages 1", "active_slabs 1", "total_malloced 100"),
                server(2, "5:chunk_size 240", "5:total_pages 2", "active_slabs 3", "total_malloced 200"));

        assertThat(StatsMerge.byClass(servers))
                .isEqualTo(stats(
                        "1:chunk_size 96",
                        "1:total_pages 1",
                        "5:chunk_size 240",
                        "5:total_pages 2",
                        "active_slabs 3",
                        "total_malloced 300"));
    }

    @Test
    void sizesAreAHistogramOfAllServers() {
        assertThat(StatsMerge.sizes(List.of(server(1, "96 2", "1184 1"), server(2, "96 3", "128 7"))))
                .isEqualTo(stats("96 5", "128 7", "1184 1"));
        assertThat(StatsMerge.sizes(List.of(server(1, "sizes_status disabled"), server(2, "sizes_status disabled"))))
                .isEqualTo(stats("sizes_status disabled"));
    }

    @Test
    void settingsThatDifferAreToldOfEachServerAndLimitsAreTheLeast() {
        List<ServerStats> servers = List.of(
                server(1, "maxbytes 64", "tcpport 1", "evictions on", "item_size_max 100", "maxconns 9"),
                server(2, "maxbytes 32", "tcpport 2", "evictions on", "item_size_max 200", "maxconns 9"));

        assertThat(StatsMerge.settings(servers, stats("maxconns 4096")))
                .isEqualTo(stats(
                        "maxbytes 32",
                        "evictions on",
                        "item_size_max 100",
                        "maxconns 4096",
                        "m1:11211:tcpport 1",
                        "m2:11211:tcpport 2"));
    }

    private static ServerStats server(int number, String... stats) {
        return new ServerStats(new ServerAddress("m" + number, 11_211), stats(stats));
    }

    private static List<Stat> stats(String... lines) {
        return Arrays.stream(lines)
                .map(line -> new Stat(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1)))
                .toList();
    }
}
