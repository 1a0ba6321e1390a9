package io.mempair.ha.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.time.SystemClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A host on which the guard cannot be started; the interface is none, so nothing of the host is touched. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GuardStartTest {

    @TempDir
    private Path folder;

    private final List<String> said = new CopyOnWriteArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(GuardKeeper.class);
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            said.add(event.getFormattedMessage());
        }
    };
    private Guard guard;

    @BeforeEach
    void startWithoutShell() {
        appender.start();
        logger.addAppender(appender);
        guard = new Guard(
                new VirtualAddressConfig("10.91.0.100", 24, "nope7"),
                Duration.ofMillis(500),
                new SystemClock(),
                List::of,
                List.of(folder.resolve("setsid").toString(), "bash"));
        guard.start(new Ignoring());
    }

    @AfterEach
    void close() {
        guard.close();
        logger.detachAppender(appender);
    }

    @Test
    void whatKeepsTheGuardFromStartingIsSaidOnceAndSoIsThatItWorks() throws IOException {
        await().during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(6))
                .until(() -> said.size() == 1 && said.get(0).contains("No such file"));

        Path shell = Files.writeString(folder.resolve("setsid"), "#!/bin/sh\nexec setsid \"$@\"\n");
        assertThat(shell.toFile().setExecutable(true)).isTrue();

        await().atMost(Duration.ofSeconds(25)).until(() -> said.contains("guard running event=guard_running"));
        assertThat(said).hasSize(2);
        assertThat(guard.pid()).isPositive();
    }

    @Test
    void aGuardThatEndsAsSoonAsItHasStartedIsSaidOnce() throws IOException {
        Path shell = Files.writeString(folder.resolve("setsid"), "#!/bin/sh\nread line; sleep 0.1; echo ready\n");
        assertThat(shell.toFile().setExecutable(true)).isTrue();

        await().atMost(Duration.ofSeconds(10)).until(() -> guard.restarts() >= 3);

        assertThat(said.stream().filter(line -> line.contains("ended as soon"))).hasSize(1);
    }

    @Test
    void aGuardWhoseAnswerIsNoneIsKilledBeforeTheNextStarts() throws IOException {
        Path pids = folder.resolve("pids");
        Path shell = Files.writeString(
                folder.resolve("setsid"),
                "#!/bin/bash\necho $$ >> " + pids + "\necho ready\nsleep 0.7\necho pong x\nexec sleep 50\n");
        assertThat(shell.toFile().setExecutable(true)).isTrue();

        await().atMost(Duration.ofSeconds(20)).until(() -> guard.restarts() > 0);

        long first = Long.parseLong(Files.readAllLines(pids).get(0));
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        ProcessHandle.of(first).filter(ProcessHandle::isAlive).isEmpty());
    }

    private static final class Ignoring implements VirtualAddress.AddressListener {
        @Override
        public void claimed(long epoch) {}

        @Override
        public void failed(long epoch, String why) {}

        @Override
        public void released(long epoch) {}

        @Override
        public void lost(String why) {}

        @Override
        public void observed(boolean held) {}
    }
}
