package io.mempair.proxy.warmup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.testkit.NoLeaks;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

@ExtendWith(NoLeaks.class)
@Timeout(90)
class LoopbackWarmupTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    /** Nobody is there: whatever reached it would fail. */
    private static final ServerAddress NOBODY = new ServerAddress("127.0.0.1", 1);

    private static final ServerAddress NOBODY_EITHER = new ServerAddress("127.0.0.1", 2);

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(LoopbackWarmup.class);

    @BeforeEach
    void listen() {
        log.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(log);
    }

    @AfterEach
    void nothingIsLeft() {
        logger.detachAppender(log);
        await().atMost(SOON).untilAsserted(() -> assertThat(threads()).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"AUTO, 0, true", "AUTO, 1, false", "NIO, 0, true", "NIO, 2, false"})
    void everyRequestOfItIsAnsweredWithOneTierAndWithTwo(TransportChoice transport, int backups, boolean handover) {
        var warmup = new LoopbackWarmup(config(transport, backups), handover, 2_000);

        warmup.begin();

        await().atMost(SOON).until(() -> !warmup.isUnderWay());
        assertThat(log.list).singleElement().satisfies(line -> {
            assertThat(line.getFormattedMessage())
                    .matches("warmup complete requests=2[0-9]{3} millis=[0-9]+ event=warmup_complete");
            assertThat(line.getLevel()).isEqualTo(Level.INFO);
        });
    }

    @Test
    void itEndsWhenToldAndCanBeginAgain() {
        var warmup = new LoopbackWarmup(config(TransportChoice.AUTO, 0), false, Integer.MAX_VALUE);
        warmup.begin();
        await().atMost(SOON).until(() -> threads().size() > 5);

        warmup.end();
        await().atMost(SOON).until(() -> !warmup.isUnderWay());
        warmup.begin();

        assertThat(warmup.isUnderWay()).isTrue();
        warmup.end();
        await().atMost(SOON).until(() -> !warmup.isUnderWay());
        assertThat(log.list)
                .hasSize(2)
                .allSatisfy(line -> assertThat(line.getFormattedMessage()).contains(" (cut short) "));
    }

    @Test
    void onceIsEnough() {
        var warmup = new LoopbackWarmup(config(TransportChoice.AUTO, 0), false, 1);
        warmup.begin();
        await().atMost(SOON).until(() -> !warmup.isUnderWay());

        warmup.begin();

        assertThat(warmup.isUnderWay()).isFalse();
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith(LoopbackWarmup.THREADS))
                .collect(Collectors.toSet());
    }

    private static ProxyConfig config(TransportChoice transport, int backups) {
        return new ProxyConfig(
                List.of(new ServerAddress("127.0.0.1", 3)),
                new PoolConfig(
                        List.of(NOBODY, NOBODY_EITHER),
                        List.of(new ServerAddress("127.0.0.1", 4), new ServerAddress("127.0.0.1", 5))
                                .subList(0, backups),
                        Distribution.MODULO,
                        ServerTimeouts.DEFAULT),
                ClientLimits.DEFAULT,
                2,
                transport);
    }
}
