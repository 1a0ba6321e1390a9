package io.mempair.ha.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hooks, real programs, around an address in memory. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class HookedAddressTest {

    private static final Duration PLENTY = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private final HeardListener heard = new HeardListener();
    private final Obedient guard = new Obedient();
    private @Nullable HookedAddress address;

    @AfterEach
    void close() {
        if (address != null) {
            address.close();
        }
    }

    private HookedAddress started(HookScripts scripts, Duration timeout) {
        HookedAddress made = new HookedAddress(guard, scripts.hooks(timeout));
        address = made;
        made.start(heard);
        return made;
    }

    private void awaitHeard(String beginning) {
        await().alias("heard " + beginning).atMost(PLENTY).until(() -> heard.has(beginning));
    }

    @Test
    void theClaimCountsWhenTheHookHasFollowedTheGuard() throws IOException {
        HookScripts scripts = new HookScripts(folder).claim("[[ -e go ]] || exit 1".replace("go", folder + "/go"));
        HookedAddress hooked = started(scripts, PLENTY);
        Files.createFile(folder.resolve("go"));

        hooked.claim(1, null, false);

        awaitHeard("claimed 1");
        assertThat(guard.calls).containsExactly("claim 1");
        assertThat(scripts.runs()).containsExactly("claim 1");
    }

    @Test
    void aClaimFailsWithItsHook() throws IOException {
        HookedAddress hooked = started(new HookScripts(folder).claim("echo denied; exit 3"), PLENTY);

        hooked.claim(2, null, false);

        awaitHeard("failed 2 hook claim (");
        assertThat(heard.lines).last().asString().endsWith("exit code 3: denied");
    }

    @Test
    void aHangingClaimHookFailsTheClaimAfterItsTimeout() throws IOException {
        HookedAddress hooked = started(new HookScripts(folder).claim("sleep 60"), Duration.ofMillis(300));

        hooked.claim(2, null, false);

        awaitHeard("failed 2 hook claim (");
        assertThat(heard.lines).last().asString().contains("no end within 300 ms");
    }

    @Test
    void thePeerIsFencedBeforeTheGuardClaimsAndOnlyOnceAReign() throws IOException {
        HookScripts scripts = new HookScripts(folder).fence("[[ $MEMPAIR_PEER == b ]]");
        HookedAddress hooked = started(scripts, PLENTY);

        hooked.claim(3, "b", false);
        awaitHeard("claimed 3");
        hooked.claim(3, "b", false);

        assertThat(guard.calls).containsExactly("claim 3", "claim 3");
        assertThat(scripts.runs()).containsExactly("fence 3");
    }

    @Test
    void aFenceThatFailsKeepsTheGuardFromClaiming() throws IOException {
        HookedAddress hooked = started(new HookScripts(folder).fence("exit 1"), PLENTY);

        hooked.claim(4, "b", false);

        awaitHeard("failed 4 hook fence (");
        assertThat(guard.calls).isEmpty();
    }

    @Test
    void nobodyIsFencedWhoLetGo() throws IOException {
        HookScripts scripts = new HookScripts(folder).fence("exit 1");

        started(scripts, PLENTY).claim(5, null, false);

        awaitHeard("claimed 5");
        assertThat(scripts.runs()).isEmpty();
    }

    @Test
    void aReleaseWaitsForNoHookAndEndsTheClaimThatStillRuns() throws IOException {
        HookScripts scripts = new HookScripts(folder).claim("sleep 60").release("exit 1");
        HookedAddress hooked = started(scripts, Duration.ofSeconds(60));
        hooked.claim(6, null, false);
        await().atMost(PLENTY).until(() -> scripts.runs().contains("claim 6"));

        hooked.release(6);

        assertThat(heard.lines).containsExactly("released 6");
        await().atMost(PLENTY).until(() -> scripts.runs().contains("release 6"));
        assertThat(heard.lines).containsExactly("released 6");
    }

    @Test
    void aFenceThatEndsAfterTheReleaseClaimsNothing() throws IOException {
        HookScripts scripts = new HookScripts(folder).fence("[[ $MEMPAIR_EPOCH != 7 ]] || sleep 60");
        HookedAddress hooked = started(scripts, Duration.ofSeconds(60));
        hooked.claim(7, "b", false);
        await().atMost(PLENTY).until(() -> scripts.runs().contains("fence 7"));

        hooked.release(7);
        hooked.claim(8, "b", false);

        awaitHeard("claimed 8");
        assertThat(guard.calls).containsExactly("release 7", "claim 8");
        assertThat(heard.lines).containsExactly("released 7", "claimed 8");
    }

    @Test
    void aClaimThatWasLostWhileItsHookRanDoesNotCount() throws IOException {
        HookScripts scripts = new HookScripts(folder).claim("[[ $MEMPAIR_EPOCH != 9 ]] || sleep 60");
        HookedAddress hooked = started(scripts, Duration.ofSeconds(60));
        hooked.claim(9, null, false);
        await().atMost(PLENTY).until(() -> scripts.runs().contains("claim 9"));

        guard.lose();
        hooked.claim(10, null, false);

        awaitHeard("claimed 10");
        assertThat(heard.lines).containsExactly("lost the guard ended", "claimed 10");
    }

    @Test
    void notificationsComeInOrderOneAtATime() throws IOException {
        Path seen = folder.resolve("seen");
        HookScripts scripts = new HookScripts(folder)
                .notification(
                        "echo begin $MEMPAIR_EPOCH >> " + seen, "sleep 0.05", "echo end $MEMPAIR_EPOCH >> " + seen);
        try (Notifications notifications = new Notifications(scripts.hooks(PLENTY))) {
            for (int epoch = 1; epoch <= 3; epoch++) {
                notifications.roleChanged("standby", "active", epoch, "b died");
            }

            await().atMost(PLENTY)
                    .until(() -> scripts.runs().size() == 3
                            && Files.readAllLines(seen).size() == 6);
        }

        assertThat(seen).hasContent("begin 1\nend 1\nbegin 2\nend 2\nbegin 3\nend 3");
    }

    /** Does at once what it is told. */
    private static final class Obedient implements VirtualAddress {
        final List<String> calls = new CopyOnWriteArrayList<>();
        private @Nullable AddressListener listener;

        @Override
        public void start(AddressListener to) {
            listener = to;
        }

        @Override
        public void lease(long untilNanos) {}

        @Override
        public void claim(long epoch, @Nullable String fence, boolean unhurried) {
            calls.add("claim " + epoch);
            told().claimed(epoch);
        }

        @Override
        public void announce() {}

        @Override
        public void release(long epoch) {
            calls.add("release " + epoch);
            told().released(epoch);
        }

        void lose() {
            told().lost("the guard ended");
        }

        private AddressListener told() {
            assertThat(listener).isNotNull();
            return listener;
        }

        @Override
        public void close() {}
    }
}
