package io.mempair.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.proxy.route.Placement;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolConfigTest {

    private static final int KEYS = 20_000;

    private static List<ServerAddress> addresses(String list) {
        return Arrays.stream(list.split(" "))
                .map(text -> ServerAddress.parse(text, ServerAddress.MEMCACHED_PORT))
                .toList();
    }

    private static PoolConfig pool(String servers, String backups, Distribution distribution) {
        return new PoolConfig(addresses(servers), addresses(backups), distribution, ServerTimeouts.DEFAULT);
    }

    /** Whether two servers of the same place have both copies of one of many keys. */
    private static boolean meet(String servers, String backups, Distribution distribution) {
        List<ServerAddress> first = addresses(servers);
        List<ServerAddress> second = addresses(backups);
        Placement primaries = Placement.of(new PlacementRule(distribution), first);
        Placement others = Placement.of(new PlacementRule(distribution), second);
        for (int i = 0; i < KEYS; i++) {
            byte[] key = ("key-" + i).getBytes(StandardCharsets.US_ASCII);
            ServerAddress primary = first.get(primaries.serverOf(key, 0, key.length));
            if (primary.equals(second.get(others.serverOf(key, 0, key.length)))) {
                return true;
            }
        }
        return false;
    }

    @ParameterizedTest
    @CsvSource({
        "m1 m2, m1 m2, MODULO",
        "m1, m1, MODULO",
        "m1 m2, m1, MODULO",
        "m1, m2 m1, MODULO",
        "m1 m2 m3, m3 m1, MODULO",
        "m1 m2 m3 m4, m5 m6 m1 m2, MAGENT_KETAMA",
        "m1 m2 m3 m4, m5 m2, MODULO",
        "m1 m2, m2 m1, MAGENT_KETAMA",
        "m1 m2 m3, m4 m3, MAGENT_KETAMA"
    })
    void aServerThatWouldHaveBothCopiesOfAKeyIsRefused(String servers, String backups, Distribution distribution) {
        assertThat(meet(servers, backups, distribution)).as("the case is one").isTrue();
        assertThatThrownBy(() -> pool(servers, backups, distribution))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("backups: m")
                .hasMessageContaining(" is in servers too, and would have both copies of some keys");
    }

    @ParameterizedTest
    @CsvSource({
        "m1 m2, m2 m1, MODULO",
        "m1 m2, m3 m4, MODULO",
        "m1 m2 m3, m2 m3 m1, MODULO",
        "m1 m2 m3 m4, m2 m1, MODULO",
        "m1 m2, m3 m4, MAGENT_KETAMA"
    })
    void serversThatHaveTheCopiesOfDifferentKeysMayBeTheSame(
            String servers, String backups, Distribution distribution) {
        assertThat(meet(servers, backups, distribution)).as("the case is one").isFalse();
        assertThat(pool(servers, backups, distribution).hasBackupTier()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"[::1]:5, [0:0:0:0:0:0:0:1]:5", "Cache1, cache1", "10.0.0.1, 10.0.0.1:11211"})
    void onePlaceIsRecognisedHoweverItIsWritten(String server, String backup) {
        assertThatThrownBy(() -> pool(server, backup, Distribution.MODULO)).hasMessageContaining("both copies");
    }

    @Test
    void anotherPortIsAnotherServer() {
        assertThat(pool("m1:1", "m1:2", Distribution.MAGENT_KETAMA).shareKeys(0, 0))
                .isTrue();
    }
}
