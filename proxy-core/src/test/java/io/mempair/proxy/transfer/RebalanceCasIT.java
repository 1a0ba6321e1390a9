package io.mempair.proxy.transfer;

import static io.mempair.proxy.transfer.RebalanceTrapsIT.cluster;
import static io.mempair.proxy.transfer.StoredKeys.set;
import static io.mempair.proxy.transfer.StoredKeys.valueOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.RebalancePolicy;
import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.TextClient;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a cas id is worth once keys move between servers, with real memcached. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class RebalanceCasIT {

    private static final int KEYS = 1_000;

    /** Each server counts its ids from 1, so another value gets the very id that the client still has. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anIdReadBeforeAMoveMatchesNoOtherValueAfterIt(boolean copied) throws Exception {
        try (Cluster cluster = cluster(2).serving(0);
                TextClient client = cluster.client()) {
            for (int i = 0; i < 200; i++) {
                set(client, "key", "value-" + i);
            }
            long held = idOf(client, "key");
            if (copied) {
                cluster.move(1);
            } else {
                cluster.reload(cluster.pool(cluster.addresses(1)).with(RebalancePolicy.OFF));
            }
            for (int i = 0; i < 400; i++) {
                set(client, "key", "other-" + i);
                assertThat(cas(client, "key", held, "lost")).as("write %d", i).isEqualTo("EXISTS");
            }
            assertThat(cas(client, "key", idOf(client, "key"), "good")).isEqualTo("STORED");
            assertThat(valueOf(client, "key")).isEqualTo("good");
        }
    }

    /** What a client reads while keys are copied is good until they move; and every command tells and takes the same ids. */
    @Test
    void everyCommandTellsAndTakesTheSameIds() throws Exception {
        try (Cluster cluster = cluster(2).serving(0);
                TextClient client = cluster.client()) {
            cluster.fill(KEYS);
            long counted = idOf(client, "key-1");
            cluster.beginSlowly(300, cluster.pool(cluster.addresses(1)));
            assertThat(cas(client, "key-1", counted, "first")).isEqualTo("STORED");
            assertThat(cas(client, "key-1", idOf(client, "key-1"), "second")).isEqualTo("STORED");
            cluster.awaitPhase(RebalancePhase.DONE);

            long id = idOf(client, "key-1");
            assertThat(id).isGreaterThan(1L << 61);
            assertThat(client.retrieve("gets key-2 key-1").items().get(1).cas()).isEqualTo(id);
            assertThat(client.retrieve("gats 0 key-1").items().get(0).cas()).isEqualTo(id);
            assertThat(client.ask("mg key-1 c\r\n")).isEqualTo("HD c" + id);
            assertThat(client.ask("mg key-1 s c v\r\n")).isEqualTo("VA 6 s6 c" + id);
            assertThat(client.line()).isEqualTo("second");
            assertThat(client.ask("me key-1\r\n")).contains("cas=" + id);
            assertThat(client.ask("ms key-1 5 C" + (id + 1) + " c\r\nthird\r\n"))
                    .startsWith("EX");
            String stored = client.ask("ms key-1 2 C" + id + " c\r\n10\r\n");
            assertThat(stored).startsWith("HD c");
            long next = Long.parseLong(stored.substring(4));
            assertThat(client.ask("ma key-1 C" + id + "\r\n")).isEqualTo("EX");
            assertThat(client.ask("ma key-1 C" + next + " v\r\n")).isEqualTo("VA 2");
            assertThat(client.line()).isEqualTo("11");
            assertThat(client.ask("md key-1 C" + next + "\r\n")).isEqualTo("EX");
            assertThat(client.ask("md key-1 C" + idOf(client, "key-1") + "\r\n"))
                    .isEqualTo("HD");
        }
    }

    private static long idOf(TextClient client, String key) throws IOException {
        return client.retrieve("gets " + key).items().get(0).cas();
    }

    private static String cas(TextClient client, String key, long id, String value) throws IOException {
        return client.ask(
                "cas " + key + " 0 0 " + value.length() + ' ' + Long.toUnsignedString(id) + "\r\n" + value + "\r\n");
    }
}
