package io.mempair.ha.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.time.SystemClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An address that hooks alone hold. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class HookHeldAddressTest {

    private static final Duration PLENTY = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private final HeardListener heard = new HeardListener();
    private final SystemClock clock = new SystemClock();
    private @Nullable HookHeldAddress address;

    @AfterEach
    void close() {
        if (address != null) {
            address.close();
        }
    }

    private HookHeldAddress started(HookScripts scripts) {
        HookHeldAddress made = new HookHeldAddress(scripts.hooks(PLENTY), clock);
        address = made;
        made.start(heard);
        return made;
    }

    private void awaitHeard(String beginning) {
        await().alias("heard " + beginning).atMost(PLENTY).until(() -> heard.has(beginning));
    }

    @Test
    void itIsReleasedAtStartThenClaimedAndReleasedByTheHooks() throws IOException {
        HookScripts scripts = new HookScripts(folder).claim().release();
        HookHeldAddress held = started(scripts);
        awaitHeard("released 0");

        held.lease(clock.nanoTime() + PLENTY.toNanos());
        held.claim(1, null, false);
        awaitHeard("claimed 1");
        held.release(1);
        awaitHeard("released 1");

        assertThat(scripts.runs()).containsExactly("release 0", "claim 1", "release 1");
    }

    @Test
    void theEndOfTheLeaseReleases() throws IOException {
        HookScripts scripts = new HookScripts(folder).claim().release();
        HookHeldAddress held = started(scripts);
        awaitHeard("released 0");
        held.lease(clock.nanoTime() + Duration.ofMillis(800).toNanos());
        held.claim(2, null, false);
        awaitHeard("claimed 2");

        awaitHeard("lost the lease ended");

        await().atMost(PLENTY).until(() -> scripts.runs().size() == 3);
        assertThat(scripts.runs()).containsExactly("release 0", "claim 2", "release 0");
    }

    @Test
    void aReleaseThatFailedIsNotToldAndTheAddressCountsAsHeld() throws IOException {
        Path broken = Files.createFile(folder.resolve("broken"));
        HookScripts scripts = new HookScripts(folder).claim().release("[[ ! -e " + broken + " ]]");
        HookHeldAddress held = started(scripts);
        await().atMost(PLENTY).until(() -> scripts.runs().contains("release 0"));
        awaitHeard("observed true");
        assertThat(heard.has("released")).isFalse();

        Files.delete(broken);
        await().atMost(PLENTY).pollInterval(Duration.ofMillis(50)).until(() -> {
            held.release(0); // as the election does when it observes what it does not want
            return heard.has("released 0");
        });

        awaitHeard("observed false");
    }
}
