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

    private static int percent(PoolConfig before, PoolConfig after) {
        return MovedKeys.between(before, after).percent();
    }

    @Test
    void nothingMovesBetweenEqualPools() {
        assertThat(percent(pool(Distribution.MODULO, 1, 3), pool(Distribution.MODULO, 1, 3)))
                .isZero();
    }

    @Test
    void aServerMoreMovesAQuarterOnAContinuumAndThreeQuartersByRemainder() {
        assertThat(percent(pool(Distribution.LIBKETAMA, 1, 3), pool(Distribution.LIBKETAMA, 1, 4)))
                .isBetween(20, 30);
        assertThat(percent(pool(Distribution.MODULO, 1, 3), pool(Distribution.MODULO, 1, 4)))
                .isBetween(70, 80);
    }

    @Test
    void anotherServerInOnesPlaceMovesItsShare() {
        assertThat(percent(pool(Distribution.MODULO, 1, 4), pool(Distribution.MODULO, 2, 4)))
                .isEqualTo(100);
        PoolConfig one = pool(Distribution.MODULO, 1, 1);
        assertThat(percent(one, pool(Distribution.MODULO, 1, 2))).isBetween(45, 55);
    }

    /** Two tiers of two servers each, of which the second begins with that number. */
    private static PoolConfig twoTiers(int firstBackup) {
        PoolConfig primaries = pool(Distribution.MODULO, 1, 2);
        return new PoolConfig(
                primaries.primaries(),
                pool(Distribution.MODULO, firstBackup, 2).primaries(),
                Distribution.MODULO,
                ServerTimeouts.DEFAULT);
    }

    @Test
    void secondCopiesAreCountedWhereThereAreTwoBeforeAndAfter() {
        assertThat(MovedKeys.between(twoTiers(11), twoTiers(11)).isNone()).isTrue();
        assertThat(MovedKeys.between(twoTiers(11), twoTiers(21)))
                .isEqualTo(new MovedKeys(0, 100, List.of()))
                .hasToString("about 100 % of the second copies");
        assertThat(MovedKeys.between(pool(Distribution.MODULO, 1, 2), twoTiers(11)))
                .isEqualTo(MovedKeys.NONE);
        assertThat(new MovedKeys(25, 30, List.of()))
                .hasToString("about 25 % of the keys and about 30 % of the second copies");
        assertThat(new MovedKeys(25, 0, List.of())).hasToString("about 25 % of the keys");
    }

    @Test
    void theServersThatGetKeysAreNamedThoseWithMostFirst() {
        MovedKeys onRing = MovedKeys.between(pool(Distribution.LIBKETAMA, 1, 3), pool(Distribution.LIBKETAMA, 1, 4));
        assertThat(onRing.toWhom()).isEqualTo(", all to 10.0.0.4:11211");
        assertThat(onRing.receivers().get(0).percent()).isEqualTo(onRing.percent());

        MovedKeys byRemainder = MovedKeys.between(pool(Distribution.MODULO, 1, 3), pool(Distribution.MODULO, 1, 4));
        assertThat(byRemainder.toWhom())
                .matches(", to 10.0.0.4:11211 \\(2[4-6] %\\)(, 10.0.0.[1-3]:11211 \\(1[6-8] %\\)){3}");

        MovedKeys many = MovedKeys.between(pool(Distribution.MODULO, 1, 9), pool(Distribution.MODULO, 1, 10));
        assertThat(many.toWhom()).endsWith(" and 6 more");
        assertThat(MovedKeys.NONE.toWhom()).isEmpty();
        assertThat(new MovedKeys(25, 30, onRing.receivers()).toWhom()).isEqualTo(", the keys all to 10.0.0.4:11211");
    }
}
