package io.mempair.proxy.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.metrics.TimedCommand;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoopInspectorTest {

    private static final long MILLI = 1_000_000;
    private static final byte[] KEY = "user:1".getBytes(StandardCharsets.US_ASCII);

    private final SlowRequests slow = new SlowRequests();
    private final LoopInspector inspector = new LoopInspector();

    private RequestTrace taken(long atMillis) {
        return inspector.taken(TimedCommand.GET, KEY, 0, KEY.length, atMillis * MILLI);
    }

    @Test
    void withoutSomebodyWhoLooksThereIsNoTrace() {
        assertThat(inspector.isIdle()).isTrue();
        assertThat(taken(0)).isNull();
    }

    @Test
    void aSlowRequestSaysWhereTheTimeWent() {
        inspector.slow(slow, 100 * MILLI, true);
        RequestTrace trace = taken(1_000);
        inspector.handles("m1:11211", 1_030 * MILLI);
        inspector.completed(trace, 1_150 * MILLI);
        inspector.handled();
        inspector.left(trace, 1_155 * MILLI);

        assertThat(slow.newestFirst())
                .containsExactly(new SlowRequest(
                        1_155 * MILLI, TimedCommand.GET, "user:1", "m1:11211", 30 * MILLI, 120 * MILLI, 5 * MILLI));
    }

    @Test
    void aRequestThatNoServerAnsweredNamesNone() {
        inspector.slow(slow, 100 * MILLI, true);
        inspector.handles("m1:11211", 0);
        inspector.handled();
        inspector.left(taken(0), 100 * MILLI);

        assertThat(slow.newestFirst())
                .containsExactly(new SlowRequest(100 * MILLI, TimedCommand.GET, "user:1", "", 100 * MILLI, 0, 0));
    }

    @Test
    void aQuickRequestIsForgottenAndItsTraceUsedAgain() {
        inspector.slow(slow, 100 * MILLI, false);
        RequestTrace first = taken(0);
        inspector.left(first, 99 * MILLI);

        assertThat(slow.newestFirst()).isEmpty();
        assertThat(taken(200)).isSameAs(first);
    }

    @Test
    void aKeyIsShownByItsHashUnlessWanted() {
        inspector.slow(slow, 1, false);
        inspector.left(taken(0), 5 * MILLI);

        assertThat(slow.newestFirst().get(0).key()).matches("#[0-9a-f]{16}").isEqualTo(KeyText.hashed("user:1"));
    }

    @Test
    void onlyTheLastAreRemembered() {
        inspector.slow(slow, 1, false);
        for (int i = 0; i < SlowRequests.CAPACITY + 10; i++) {
            inspector.left(taken(i), (i + 5) * MILLI);
        }

        List<SlowRequest> all = slow.newestFirst();
        assertThat(all).hasSize(SlowRequests.CAPACITY);
        assertThat(all.get(0).endedNanos()).isEqualTo((SlowRequests.CAPACITY + 14) * MILLI);
    }

    @Test
    void aTapShowsWhatItsFilterLetsThroughAndDropsWhatFindsNoRoom() {
        Tap tap = new Tap(new TapFilter(TimedCommand.GET, "user:"));
        inspector.add(tap);
        taken(7);
        inspector.taken(TimedCommand.SET, KEY, 0, KEY.length, 0);
        inspector.taken(TimedCommand.GET, "other".getBytes(StandardCharsets.US_ASCII), 0, 5, 0);

        assertThat(tap.poll()).isEqualTo(new Tap.TappedRequest(7 * MILLI, TimedCommand.GET, "user:1"));
        assertThat(tap.poll()).isNull();
        for (int i = 0; i < Tap.CAPACITY + 3; i++) {
            taken(i);
        }
        assertThat(tap.dropped()).isEqualTo(3);
        assertThat(tap.dropped()).isZero();
        inspector.remove(tap);
        assertThat(inspector.isIdle()).isTrue();
    }

    @Test
    void aKeyWithBytesThatAreNoLettersStaysOneLine() {
        byte[] key = {'a', '\n', (byte) 0xE4, '\\', 'b'};

        assertThat(KeyText.plain(key, 0, key.length)).isEqualTo("a\\x0a\\xe4\\x5cb");
    }

    @Test
    void aSecondHasSoManyLinesAndTheRestIsCounted() {
        LineLimit limit = new LineLimit(2);
        List<Boolean> said = new ArrayList<>();
        for (long atMillis : new long[] {-5, 0, 1, 2, 995, 996}) {
            said.add(limit.allows(Long.MAX_VALUE + atMillis * MILLI));
        }

        assertThat(said).containsExactly(true, true, false, false, true, true);
        assertThat(limit.unsaid()).isEqualTo(2);
        assertThat(limit.unsaid()).isZero();
    }
}
