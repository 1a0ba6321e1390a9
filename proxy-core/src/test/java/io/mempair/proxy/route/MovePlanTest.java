package io.mempair.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.testkit.TestTimeouts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which copies of a key move, between random pools with one copy or two. */
class MovePlanTest {

    private static final List<Distribution> DISTRIBUTIONS =
            List.of(Distribution.MODULO, Distribution.LIBKETAMA, Distribution.JUMP);

    private static PoolConfig randomPool(Random random) {
        List<ServerAddress> servers = new ArrayList<>(IntStream.range(1, 8)
                .mapToObj(i -> new ServerAddress("10.0.0." + i, 11211))
                .toList());
        Collections.shuffle(servers, random);
        int primaries = 1 + random.nextInt(4);
        int backups = random.nextBoolean() ? 0 : 1 + random.nextInt(3);
        return new PoolConfig(
                servers.subList(0, primaries),
                servers.subList(primaries, primaries + backups),
                DISTRIBUTIONS.get(random.nextInt(DISTRIBUTIONS.size())),
                TestTimeouts.PATIENT);
    }

    /** The addresses of the copies, found without the plan. */
    private static Set<ServerAddress> places(PoolConfig pool, byte[] key) {
        Set<ServerAddress> found = new HashSet<>();
        found.add(pool.primaries()
                .get(Placement.of(pool.placement(), pool.primaries()).serverOf(key, 0, key.length)));
        if (pool.hasBackupTier()) {
            found.add(pool.backups()
                    .get(Placement.of(pool.placement(), pool.backups()).serverOf(key, 0, key.length)));
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aKeyIsCopiedToThoseOfItsNextServersThatDoNotHaveIt(long seed) {
        Random random = new Random(seed);
        for (int change = 0; change < 50; change++) {
            PoolConfig now = randomPool(random);
            PoolConfig next = randomPool(random);
            MovePlan plan = new MovePlan(now, next);
            for (int i = 0; i < 50; i++) {
                byte[] key = ("key-" + random.nextInt()).getBytes(StandardCharsets.US_ASCII);
                Set<ServerAddress> expected = places(next, key);
                expected.removeAll(places(now, key));

                Set<ServerAddress> targets = new HashSet<>();
                for (int target : List.of(plan.targetOf(key, 0, key.length), plan.secondTargetOf(key, 0, key.length))) {
                    if (target != MovePlan.STAYS) {
                        targets.add(next.servers().get(target));
                    }
                }

                assertThat(targets).as("seed %d: %s -> %s", seed, now, next).isEqualTo(expected);
                assertThat(plan.moves(key, 0, key.length)).isEqualTo(!expected.isEmpty());
                for (ServerAddress server : now.servers()) {
                    assertThat(plan.isAt(server, key, 0, key.length))
                            .isEqualTo(places(now, key).contains(server));
                    assertThat(plan.isToBeAt(server, key, 0, key.length))
                            .isEqualTo(places(next, key).contains(server));
                }
            }
        }
    }
}
