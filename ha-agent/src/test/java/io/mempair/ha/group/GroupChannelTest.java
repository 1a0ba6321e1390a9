package io.mempair.ha.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.config.Profile;
import io.mempair.ha.election.Message;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.ServerAddress;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** A channel whose own port cannot be opened. */
@Timeout(60)
class GroupChannelTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Logger logger = (Logger) LoggerFactory.getLogger(GroupChannel.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final CountDownLatch connected = new CountDownLatch(1);

    @BeforeEach
    void listen() {
        log.start();
        logger.setLevel(Level.DEBUG);
        logger.addAppender(log);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    private final class HeardEvents implements GroupListener {
        @Override
        public void connected() {
            connected.countDown();
        }

        @Override
        public void heard(Message message) {
            // nobody speaks
        }

        @Override
        public void heard(ServerStateMessage message) {
            // nobody speaks
        }

        @Override
        public void died(String name, long incarnation) {
            // nobody dies
        }
    }

    @Test
    void aPortThatIsInUseIsSaidOnceAndShownUntilItIsFree() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = other.getLocalPort();
            var config =
                    new GroupConfig("127.0.0.1", port, List.of(new ServerAddress("127.0.0.2", port)), Profile.DEFAULT);
            try (GroupChannel channel = new GroupChannel(config, "a", new SystemClock())) {
                channel.start(new HeardEvents());
                await().atMost(PATIENCE).until(() -> channel.problem() != null);
                assertThat(channel.problem()).startsWith("127.0.0.1:" + port + " is not open, so no peer is heard: ");

                await("another try")
                        .atMost(PATIENCE)
                        .until(() -> said(" still: ").size() > 0);
                other.close();

                await().atMost(PATIENCE).until(() -> channel.problem() == null);
                assertThat(connected.getCount()).isZero();
            }
        }
        assertThat(said("retrying")).hasSize(1);
    }

    private List<String> said(String words) {
        return List.copyOf(log.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.contains(words))
                .toList();
    }
}
