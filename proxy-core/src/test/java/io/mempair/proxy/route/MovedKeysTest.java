package io.mempair.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class MovedKeysTest {

    private static PoolConfig pool(Distribution distribution, int first, int servers) {
        List<ServerAddress> addresses = IntStream.range(first, first + servers)
                .mapToObj(i -> new ServerAddress("10.0.0." + i, 11211))
                .toList();
        return new PoolConfig(addresses, List.of(), distribution, ServerTimeouts.DEFAULT);
    }

    @Test
    void nothingMovesBetweenEqualPools() {
        assertThat(MovedKeys.percent(pool(Distribution.MODULO, 1, 3), pool(Distribution.MODULO, 1, 3)))
                .isZero();
    }

    @Test
    void aServerMoreMovesAQuarterOnAContinuumAndThreeQuartersByRemainder() {
        assertThat(MovedKeys.percent(pool(Distribution.LIBKETAMA, 1, 3), pool(Distribution.LIBKETAMA, 1, 4)))
                .isBetween(20, 30);
        assertThat(MovedKeys.percent(pool(Distribution.MODULO, 1, 3), pool(Distribution.MODULO, 1, 4)))
                .isBetween(70, 80);
    }

    @Test
    void anotherServerInOnesPlaceMovesItsShare() {
        assertThat(MovedKeys.percent(pool(Distribution.MODULO, 1, 4), pool(Distribution.MODULO, 2, 4)))
                .isEqualTo(100);
        PoolConfig one = pool(Distribution.MODULO, 1, 1);
        assertThat(MovedKeys.percent(one, pool(Distribution.MODULO, 1, 2))).isBetween(45, 55);
    }
}
