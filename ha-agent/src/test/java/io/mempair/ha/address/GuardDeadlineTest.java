package io.mempair.ha.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.SystemClock;
import java.io.IOException;
import java.io.UncheckedIOException;
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

/**
 * Until when the guard holds, when this process is stopped between the moment it looks at the lease and the moment its line
 * reaches the guard. The script is the real one; it has an {@code ip} that does nothing, and the interface is none.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GuardDeadlineTest {

    private static final Duration LONG = Duration.ofMinutes(10);

    @TempDir
    private Path folder;

    private final List<String> lost = new CopyOnWriteArrayList<>();
    private final List<String> failed = new CopyOnWriteArrayList<>();
    private final List<Long> released = new CopyOnWriteArrayList<>();
    private final LateClock clock = new LateClock();
    private volatile List<String> connections = List.of();
    private Path asked;
    private Path cut;
    private Guard guard;

    @BeforeEach
    void start() throws IOException {
        asked = folder.resolve("asked");
        program("ip", """
                while read -r line; do
                    echo "$line" >> '%s'
                    [[ $line == end ]] && echo 'Object "end" is unknown, try "ip help".'
                done""".formatted(folder.resolve("ip.log")));
        program("arping", "exit 1");
        cut = folder.resolve("cut");
        program("ss", "echo \"$@\" > '" + cut + "'");
        Path shell = program("shell", "PATH='" + folder + "':$PATH exec bash \"$@\"");
        guard = new Guard(
                new VirtualAddressConfig("10.91.0.100", 24, "nope7"),
                LONG,
                clock,
                () -> connections,
                List.of(shell.toString()));
        guard.start(new HeardLines());
        await().atMost(Duration.ofSeconds(20)).until(() -> guard.pid() > 0);
    }

    private Path program(String name, String script) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/bash\n" + script + '\n');
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    @AfterEach
    void close() {
        guard.close();
    }

    private void claim() {
        guard.lease(clock.nanoTime() + LONG.toNanos());
        guard.claim(1, null, false);
        // held, as far as the guard can see; what the interface carries is looked at besides
        await().atMost(Duration.ofSeconds(20)).until(() -> !failed.isEmpty());
        assertThat(failed).singleElement().asString().startsWith("the interface carries only");
    }

    /** A loop of this process may be stuck in the middle of a request. */
    @Test
    void aLeaseThatEndsBeforeAReleaseCutsTheConnections() {
        connections = List.of("10.0.0.1:40001>10.0.0.2:11211", "[fd00::1]:40002>[fd00::2]:11211");
        claim();

        guard.lease(clock.nanoTime());

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(cut)
                        .hasContent("-K -H -t -n ( src 10.0.0.1:40001 and dst 10.0.0.2:11211 )"
                                + " or ( src [fd00::1]:40002 and dst [fd00::2]:11211 )"));
    }

    @Test
    void aLeaseThatEndsAfterAReleaseCutsNothing() {
        connections = List.of("10.0.0.1:40001>10.0.0.2:11211");
        claim();
        guard.release(1);
        await().atMost(Duration.ofSeconds(20)).until(() -> !released.isEmpty());

        guard.lease(clock.nanoTime());

        failed.clear();
        claim(); // the guard has read all that came before
        assertThat(cut).doesNotExist();
    }

    @Test
    void aRenewalThatComesLateHoldsNothingLonger() {
        claim();

        clock.lateMillis = 2 * LONG.toMillis();
        guard.lease(clock.nanoTime() + LONG.toNanos());

        await().atMost(Duration.ofSeconds(20)).until(() -> !lost.isEmpty());
        assertThat(lost.get(0)).contains("dropped the address");
    }

    @Test
    void aRenewalInTimeHoldsOn() {
        claim();

        guard.lease(clock.nanoTime() + LONG.toNanos());
        guard.release(1);
        guard.lease(clock.nanoTime() + LONG.toNanos());
        failed.clear();
        claim();

        assertThat(lost).isEmpty();
    }

    @Test
    void aClaimThatComesAfterTheLeaseClaimsNothing() {
        clock.lateMillis = 2 * LONG.toMillis();
        guard.lease(clock.nanoTime() + LONG.toNanos());
        guard.claim(1, null, false);

        await().atMost(Duration.ofSeconds(20)).until(() -> !failed.isEmpty());
        assertThat(failed).containsExactly("the lease was over before the address could be claimed");
    }

    /** The lease is over in the eyes of the guard when it has asked the network, and was renewed meanwhile. */
    private void claimUnhurriedUntilLate(String whileAsking) throws IOException {
        program("timeout", whileAsking + "\n> '" + asked + "'");
        clock.lateMillis = 2 * LONG.toMillis();
        guard.lease(clock.nanoTime() + LONG.toNanos());
        guard.claim(1, null, true);
    }

    private boolean added() throws IOException {
        return Files.readString(folder.resolve("ip.log")).contains("addr replace 10.91.0.100/24");
    }

    @Test
    void aClaimWhoseLeaseRanOutWhileTheNetworkWasAskedIsMadeAgainWithTheLeaseOfNow() throws IOException {
        claimUnhurriedUntilLate("");

        await().atMost(Duration.ofSeconds(20)).until(() -> !failed.isEmpty());
        assertThat(failed).singleElement().asString().startsWith("the interface carries only");
        assertThat(added()).isTrue();
    }

    @Test
    void aClaimIsNotMadeAgainWhenTheLeaseIsOverByThen() throws IOException {
        clock.leapNanos = 2 * LONG.toNanos();
        claimUnhurriedUntilLate("");

        await().atMost(Duration.ofSeconds(20)).until(() -> !failed.isEmpty());
        assertThat(failed).containsExactly("the lease was over before the address could be claimed");
        assertThat(added()).isFalse();
    }

    @Test
    void aClaimIsNotMadeAgainAfterARelease() throws IOException {
        Path ordered = folder.resolve("ordered");
        claimUnhurriedUntilLate("until [[ -e '" + ordered + "' ]]; do sleep 0.01; done");
        guard.release(1);
        Files.createFile(ordered);

        await().atMost(Duration.ofSeconds(20)).until(() -> released.contains(1L));
        guard.release(2);
        await().atMost(Duration.ofSeconds(20)).until(() -> released.contains(2L));
        assertThat(failed).containsExactly("the lease was over before the address could be claimed");
        assertThat(added()).isFalse();
    }

    @Test
    void aGuardThatIsGivenUpIsKilledBeforeTheNextStarts() {
        ProcessHandle first = ProcessHandle.of(guard.pid()).orElseThrow();

        clock.unreadable = true;
        guard.lease(clock.nanoTime() + LONG.toNanos());
        await().atMost(Duration.ofSeconds(20)).until(() -> guard.restarts() > 0);
        clock.unreadable = false;

        await().atMost(Duration.ofSeconds(20)).until(() -> !first.isAlive());
        await().atMost(Duration.ofSeconds(20)).until(() -> guard.pid() > 0 && guard.pid() != first.pid());
    }

    /**
     * Tells the time of the host as it was a while ago, until the network was asked: a line made by it reaches the guard so
     * much later. From then on time here may have leapt.
     */
    private final class LateClock implements Clock {

        private final SystemClock clock = new SystemClock();
        volatile long lateMillis;
        volatile long leapNanos;
        volatile boolean unreadable;

        @Override
        public long nanoTime() {
            return clock.nanoTime() + (Files.exists(asked) ? leapNanos : 0);
        }

        @Override
        public long wallMillis() {
            return clock.wallMillis();
        }

        @Override
        public long hostMillis() {
            if (unreadable) {
                throw new UncheckedIOException(new IOException("Too many open files"));
            }
            return clock.hostMillis() - (Files.exists(asked) ? 0 : lateMillis);
        }

        @Override
        public void pause(Duration duration) {
            clock.pause(duration);
        }
    }

    private final class HeardLines implements VirtualAddress.AddressListener {

        @Override
        public void claimed(long epoch) {
            failed.add("claimed " + epoch);
        }

        @Override
        public void failed(long epoch, String why) {
            failed.add(why);
        }

        @Override
        public void released(long epoch) {
            released.add(epoch);
        }

        @Override
        public void lost(String why) {
            lost.add(why);
        }

        @Override
        public void observed(boolean held) {}
    }
}
