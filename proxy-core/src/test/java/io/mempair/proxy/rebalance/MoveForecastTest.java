package io.mempair.proxy.rebalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.rebalance.MoveForecast.ServerForecast;
import io.mempair.proxy.rebalance.MoveForecast.ServerRole;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MoveForecastTest {

    private static final ServerAddress M1 = new ServerAddress("m1", 11211);
    private static final ServerAddress M2 = new ServerAddress("m2", 11211);
    private static final ServerAddress M3 = new ServerAddress("m3", 11211);

    private static PoolConfig pool(ServerAddress... servers) {
        return new PoolConfig(List.of(servers), List.of(), Distribution.MODULO, ServerTimeouts.DEFAULT);
    }

    private static ServerHoldings holding(long items, long bytes, long limitBytes) {
        return new ServerHoldings(items, bytes, limitBytes, 0, 0);
    }

    @Test
    void aServerThatJoinsGetsItsPartOfEachAndEveryMoveIsCountedOnce() {
        MoveForecast forecast = MoveForecast.of(
                pool(M1, M2),
                pool(M1, M2, M3),
                Map.of(M1, holding(6_000, 60_000, 100_000), M2, holding(3_000, 30_000, 100_000)));

        ServerForecast joins = forecast.servers().get(2);
        assertThat(joins.role()).isEqualTo(ServerRole.JOINS);
        assertThat(joins.keysIn()).isCloseTo(3_000, within(200L));
        assertThat(joins.bytesIn()).isCloseTo(30_000, within(2_000L));
        assertThat(forecast.keys()).isCloseTo(6_000, within(300L));
        long in = forecast.servers().stream().mapToLong(ServerForecast::keysIn).sum();
        assertThat(in).isCloseTo(forecast.keys(), within(3L));
        assertThat(forecast.full()).isEmpty();
    }

    @Test
    void aServerThatLeavesGivesEverythingAndGetsNothing() {
        MoveForecast forecast = MoveForecast.of(pool(M1, M2), pool(M1), Map.of(M2, holding(500, 5_000, 10_000)));

        ServerForecast stays = forecast.servers().get(0);
        ServerForecast leaves = forecast.servers().get(1);
        assertThat(leaves.role()).isEqualTo(ServerRole.LEAVES);
        assertThat(leaves.keysOut()).isEqualTo(500);
        assertThat(leaves.keysIn()).isZero();
        assertThat(stays.role()).isEqualTo(ServerRole.STAYS);
        assertThat(stays.keysIn()).isEqualTo(500);
        assertThat(stays.bytesIn()).isEqualTo(5_000);
    }

    /** Until the end it holds what it had and what it gets. */
    @Test
    void aServerIsFullIfBothTogetherAreMoreThanItsMemory() {
        Map<ServerAddress, ServerHoldings> stats =
                Map.of(M1, holding(500, 6_000, 10_000), M2, holding(500, 5_000, 10_000));

        assertThat(MoveForecast.of(pool(M1, M2), pool(M1), stats).full())
                .extracting(ServerForecast::server)
                .containsExactly(M1);
        assertThat(MoveForecast.of(pool(M1, M2), pool(M1, M2), stats).full()).isEmpty();
        assertThat(MoveForecast.of(pool(M1), pool(M2), Map.of(M1, holding(1, 1_000_000, 0)))
                        .full())
                .as("a server that says no limit")
                .isEmpty();
    }

    @Test
    void theStatsOfAServerAreReadAndWhatItDoesNotSayIsNothing() {
        List<Stat> stats = Stream.of(
                        "curr_items 7",
                        "bytes 100",
                        "limit_maxbytes 67108864",
                        "evictions 2",
                        "cmd_set 10",
                        "cmd_touch 20",
                        "delete_hits 30",
                        "delete_misses 40",
                        "incr_misses 50",
                        "incr_hits 60",
                        "decr_misses 70",
                        "decr_hits x",
                        "cas_hits 1000")
                .map(line -> line.split(" "))
                .map(words -> new Stat(words[0], words[1]))
                .toList();

        assertThat(ServerHoldings.of(stats)).isEqualTo(new ServerHoldings(7, 100, 67_108_864, 2, 280));
        assertThat(ServerHoldings.of(List.of())).isEqualTo(ServerHoldings.NONE);
    }
}
