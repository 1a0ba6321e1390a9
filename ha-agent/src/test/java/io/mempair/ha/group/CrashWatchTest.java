package io.mempair.ha.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.election.Message;
import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Role;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jgroups.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class CrashWatchTest {

    private static final Duration HEARTBEAT = Duration.ofMillis(100);
    private static final Duration LEASE = Duration.ofSeconds(1);

    private final SystemClock clock = new SystemClock();
    private final List<String> died = new CopyOnWriteArrayList<>();

    @Test
    void aPeerThatMissedHeartbeatsAndWhosePortIsClosedIsDeadWhateverTheViewSays() throws IOException {
        CrashWatch watch = heardBefore(Duration.ofMillis(250), closedPort());

        watch.lookForSilence();
        watch.lookForSilence();

        await().atMost(Duration.ofSeconds(5)).until(() -> !died.isEmpty());
        watch.lookForSilence();
        assertThat(died).containsExactly("b 7");
    }

    @Test
    void aPeerThatMissedHeartbeatsButStillListensIsNotDead() throws Exception {
        try (ServerSocket hung = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            CrashWatch watch = heardBefore(Duration.ofMillis(250), hung.getLocalPort());

            watch.lookForSilence();
            hung.setSoTimeout((int) TimeUnit.SECONDS.toMillis(5));
            hung.accept().close();
            hung.accept().close();

            assertThat(died).isEmpty();
        }
        await().atMost(Duration.ofSeconds(5)).until(() -> !died.isEmpty()); // now it refuses; nothing asks any more
    }

    @Test
    void aPeerThatWasJustHeardAndOneWhoseLeaseIsOverAreNotAskedAfter() throws IOException {
        heardBefore(Duration.ofMillis(50), closedPort()).lookForSilence();
        heardBefore(LEASE.plusMillis(1), closedPort()).lookForSilence();

        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("mempair-crash-proof");
        assertThat(died).isEmpty();
    }

    private CrashWatch heardBefore(Duration ago, int port) {
        Speakers speakers = new Speakers(List.of(new ServerAddress("127.0.0.1", port)));
        long heardNanos = clock.nanoTime() - ago.toNanos();
        speakers.heard(
                UUID.randomUUID(),
                new Heartbeat(
                        "b", 7, 100, Role.ACTIVE, true, 1, 1, true, heardNanos, new Message.Terms(false, false, 1)),
                heardNanos,
                null);
        return new CrashWatch(
                speakers,
                "127.0.0.1",
                HEARTBEAT,
                LEASE,
                clock,
                (name, incarnation) -> died.add(name + ' ' + incarnation));
    }

    private static int closedPort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }
}
