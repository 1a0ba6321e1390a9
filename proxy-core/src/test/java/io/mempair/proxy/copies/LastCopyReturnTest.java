package io.mempair.proxy.copies;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.script.ScriptStep;
import io.mempair.proxy.testkit.script.VirtualClient;
import io.mempair.proxy.testkit.script.VirtualProxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Of two servers that are out, the one that missed nothing returns before the other is flushed. */
@ExtendWith(NoLeaks.class)
class LastCopyReturnTest {

    private static final Duration TICK = Duration.ofMillis(10);
    private static final Duration LATE = Duration.ofSeconds(3);

    @Test
    void ofTwoServersThatTwoLoopsLoseOnlyOneMayMissAWrite() {
        try (VirtualProxy proxy = new VirtualProxy(VirtualProxy.VirtualSetup.pair("1.6.31")).start()) {
            assertThat(proxy.replica(proxy.primary()).missed(VirtualProxy.key("k1")))
                    .isTrue();
            assertThat(proxy.replica(proxy.backup()).missed(VirtualProxy.key("k2")))
                    .isFalse();

            assertThat(proxy.replica(proxy.primary()).reported(false)).isEqualTo(ReplicaStatus.OUT);
            assertThat(proxy.replica(proxy.backup()).reported(false)).isEqualTo(ReplicaStatus.SERVING);
            assertThat(proxy.replica(proxy.backup()).missedWrites().journaledKeys())
                    .isZero();
        }
    }

    /** A flush would take what the other, which is out too but missed nothing, has not been asked for yet. */
    @Test
    void aServerIsNotFlushedBeforeTheLastCopyIsBack() {
        try (VirtualProxy proxy = new VirtualProxy(VirtualProxy.VirtualSetup.pair("1.6.31")).start()) {
            proxy.replica(proxy.primary()).missedEverything();
            proxy.backup().automatic(line -> false);
            proxy.replica(proxy.backup()).doubted();
            proxy.recover();
            proxy.pass(Duration.ofSeconds(4));
            assertThat(proxy.primary().heard()).doesNotContain("flush_all");

            proxy.heal();
            assertThat(proxy.primary().heard()).contains("flush_all");
        }
    }

    /** A node that takes over before the peers know that keys were deleted would answer them as misses. */
    @Test
    void aJournalIsReplayedOnlyWhenThePeersKnowThatTheServerIsOut() {
        try (VirtualProxy proxy = new VirtualProxy(VirtualProxy.VirtualSetup.pair("1.6.31")).start()) {
            proxy.peers().onChange(() -> {});
            proxy.missed(proxy.backup(), "k");
            proxy.recover();
            proxy.pass(Duration.ofSeconds(2));
            assertThat(proxy.backup().heard()).doesNotContain("delete k");

            proxy.peers().knownTo(proxy.peers().version());
            proxy.pass(Duration.ofSeconds(2));
            assertThat(proxy.backup().heard()).contains("delete k");
        }
    }

    /** The last deletions are sent while all writes are held up, except those that wait for that very server. */
    @Test
    void theLastCopyReturnsAlthoughWritesWaitForItAndKeysEnterItsJournalAgain() {
        try (VirtualProxy proxy = new VirtualProxy(VirtualProxy.VirtualSetup.pair("1.6.31")).start()) {
            VirtualClient client = proxy.client();
            ReplicaState primary = proxy.replica(proxy.primary());
            proxy.replica(proxy.backup()).refill().lacks(List.of(VirtualProxy.key("other")));
            primary.differs(VirtualProxy.key("a0"), proxy.replica(proxy.backup()));
            primary.doubted();
            client.send("set k 0 0 3\r\nnew\r\n");
            assertThat(client.received()).isEmpty();
            proxy.primary().automatic(line -> !line.startsWith("delete "));
            proxy.recover();
            for (int ticks = 0; !proxy.primary().isAsked() && ticks < 1_000; ticks++) {
                proxy.pass(TICK);
            }
            for (int batch = 1; batch <= 3; batch++) {
                assertThat(proxy.primary().asked()).startsWith("delete a" + (batch - 1));
                primary.differs(VirtualProxy.key("a" + batch), proxy.replica(proxy.backup()));
                proxy.primary().step(ScriptStep.ANSWERS);
            }

            proxy.primary().automatic(line -> true);
            proxy.pass(LATE);

            assertThat(client.received()).isEqualTo("STORED\r\n");
            proxy.heal();
            proxy.requireRest();
        }
    }
}
