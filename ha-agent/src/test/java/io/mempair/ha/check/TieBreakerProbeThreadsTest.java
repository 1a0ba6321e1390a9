package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.config.TieBreakerConfig;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.ServerAddress;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A host that has no thread more for a question, for a while. */
@Timeout(60)
class TieBreakerProbeThreadsTest {

    @Test
    void aQuestionThatFoundNoThreadIsAskedInALaterRound() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        AtomicLong heard = new AtomicLong();
        ThreadFactory threads = task -> {
            if (tries.incrementAndGet() <= 3) {
                throw new OutOfMemoryError("unable to create native thread: possibly out of memory");
            }
            return new Thread(task, "question");
        };
        try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var target = new TieBreakerConfig.Server(new ServerAddress("127.0.0.1", socket.getLocalPort()));
            var config = new TieBreakerConfig(false, List.of(target));
            try (TieBreakerProbe tieBreaker = new TieBreakerProbe(
                    new Questions(config, List::of, Set.of(), new Gateway(Path.of("/no/route"))),
                    new Answers(config),
                    "127.0.0.1",
                    Duration.ofMillis(100),
                    new SystemClock(),
                    heard::set,
                    threads)) {
                tieBreaker.start();

                await().atMost(Duration.ofSeconds(20)).until(() -> heard.get() != 0);
                assertThat(tries.get()).isGreaterThan(3);
            }
        }
    }
}
