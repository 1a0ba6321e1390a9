package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.HashFunction;
import io.mempair.proxy.config.KeyPart;
import io.mempair.proxy.config.PlacementRule;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerLabel;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.config.ServerTimeouts;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlacementNumberTest {

    private static List<ServerAddress> servers(String... hosts) {
        return Arrays.stream(hosts).map(host -> new ServerAddress(host, 11_211)).toList();
    }

    private static PoolConfig pool(
            List<ServerAddress> servers, List<ServerAddress> backups, Distribution distribution) {
        return new PoolConfig(servers, backups, distribution, ServerTimeouts.DEFAULT);
    }

    private static PoolConfig placed(Optional<HashFunction> hash, KeyPart part, ServerLabel label) {
        List<ServerAddress> two = servers("m1", "m2");
        return new PoolConfig(
                two,
                List.of(),
                new PlacementRule(Distribution.LIBKETAMA, hash, part, Map.of(two.get(1), label)),
                ServerTimeouts.DEFAULT,
                ServerSecurity.NONE,
                CopyPolicy.DEFAULT);
    }

    @Test
    void whateverPlacesKeysMakesAnotherNumber() {
        List<PoolConfig> pools = List.of(
                pool(servers("m1", "m2"), servers(), Distribution.MODULO),
                pool(servers("m2", "m1"), servers(), Distribution.MODULO),
                pool(servers("m1"), servers(), Distribution.MODULO),
                pool(servers("m1"), servers("m2"), Distribution.MODULO),
                pool(servers("m2"), servers("m1"), Distribution.MODULO),
                pool(servers("m1.", "m2"), servers(), Distribution.MODULO),
                pool(servers("m1", "m2"), servers(), Distribution.MAGENT_KETAMA),
                placed(Optional.of(HashFunction.CRC32), KeyPart.ALL, ServerLabel.NONE),
                placed(Optional.empty(), new KeyPart("{}", ""), ServerLabel.NONE),
                placed(Optional.empty(), new KeyPart("", "{}"), ServerLabel.NONE),
                placed(Optional.empty(), KeyPart.ALL, new ServerLabel("", 2)),
                placed(Optional.empty(), KeyPart.ALL, new ServerLabel("2", 1)),
                pool(List.of(new ServerAddress("m1", 1), new ServerAddress("m2", 2)), servers(), Distribution.MODULO));

        Set<Long> numbers = new HashSet<>();
        pools.forEach(pool -> numbers.add(PlacementNumber.of(pool)));

        assertThat(numbers).hasSize(pools.size()).doesNotContain(0L);
    }

    @Test
    void timesMakeNone() {
        PoolConfig one = pool(servers("m1", "m2"), servers(), Distribution.MAGENT_KETAMA);
        PoolConfig same = new PoolConfig(
                one.primaries(), one.backups(), one.placement(), one.timeouts(), one.security(), one.copies());

        assertThat(PlacementNumber.of(same)).isEqualTo(PlacementNumber.of(one));
    }
}
