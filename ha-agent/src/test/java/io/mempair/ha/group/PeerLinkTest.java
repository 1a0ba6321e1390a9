package io.mempair.ha.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.election.Message;
import io.mempair.ha.election.Role;
import io.mempair.ha.group.ServerStateMessage.StateUpdate;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.replication.ServerKnowledge;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class PeerLinkTest {

    private final CountDownLatch stuck = new CountDownLatch(1);
    private final List<byte[]> carried = new CopyOnWriteArrayList<>();
    private final PeerLink link = new PeerLink(new ServerAddress("10.0.0.12", 7_800), letter -> {
        carried.add(letter.bytes());
        stuck.await();
    });

    @AfterEach
    void close() {
        stuck.countDown();
        link.close(1_000);
    }

    private static OutboundMessage heartbeat(long sentNanos) {
        return OutboundMessage.of(new Message.Heartbeat(
                "a", 1, 100, Role.ACTIVE, true, 1, 1, true, sentNanos, new Message.Terms(false, false, 1)));
    }

    private static OutboundMessage told(long version) {
        return OutboundMessage.of(new StateUpdate("a", 1, 1, new ServerKnowledge(version, List.of())));
    }

    @Test
    void whileTheWayIsStuckManyChangesDoNotPushTheHeartbeatsOut() {
        link.send(heartbeat(0));
        await().atMost(Duration.ofSeconds(10)).until(() -> carried.size() == 1);

        link.send(heartbeat(1));
        for (long version = 1; version <= 100; version++) {
            link.send(told(version));
        }
        link.send(heartbeat(2));
        stuck.countDown();

        await().atMost(Duration.ofSeconds(10)).until(() -> carried.size() >= 4);
        assertThat(carried)
                .containsExactly(
                        heartbeat(0).bytes(),
                        heartbeat(1).bytes(),
                        told(100).bytes(),
                        heartbeat(2).bytes());
    }
}
