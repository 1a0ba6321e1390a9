package io.mempair.proxy.reply;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.loop.ExpectedAnswers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AnswerWindowTest {

    private final ExpectedAnswers expected = new ExpectedAnswers();
    private final AnswerWindow window = new AnswerWindow(expected);

    @Test
    void aClientNobodyKnowsMayAskForAUsualMultiGetAtOnce() {
        assertThat(window.room()).isBetween(16, 64);
    }

    /** Forty clients that connect and ask for a hundred values of a megabyte are four gigabytes. */
    @Test
    void aNewClientIsExpectedToAskForWhatIsLargeHereOfLate() {
        new AnswerWindow(expected).asked(1);
        AnswerWindow other = new AnswerWindow(expected);
        other.asked(1);
        other.answered(1, 1_000_000);

        assertThat(new AnswerWindow(expected).room()).isEqualTo(2);

        for (int tick = 0; tick < 100; tick++) {
            expected.tick();
        }
        assertThat(new AnswerWindow(expected).room()).isBetween(16, 64);
    }

    @Test
    void aNewClientOfSmallAnswersIsKnownAsSuchAfterAFew() {
        expected.came(1_000_000);
        int asked = 0;
        for (int parts = 0; parts < 6; parts++) {
            int room = window.room();
            window.asked(room);
            window.answered(room, room * 100L);
            asked += room;
        }

        assertThat(asked).isGreaterThan(100);
    }

    @Test
    void whoGetsLargeAnswersWaitsForFewAtOnce() {
        window.asked(1);
        window.answered(1, 1_000_000);

        assertThat(window.room()).isEqualTo(2);
    }

    @Test
    void whoGetsSmallAnswersMayAskForThousands() {
        window.asked(32);
        window.answered(32, 32 * 100);
        assertThat(window.room()).isGreaterThan(4_000);

        AnswerWindow single = new AnswerWindow(expected);
        for (int i = 0; i < 120; i++) {
            single.asked(1);
            single.answered(1, 100);
        }
        assertThat(single.room()).isGreaterThan(2_000);
    }

    @Test
    void oneAnswerMayAlwaysBeAskedForHoweverLongItIs() {
        window.asked(1);
        window.answered(1, 1L << 30);
        assertThat(window.room()).isEqualTo(1);

        window.asked(1);
        assertThat(window.room()).isZero();
    }

    @Test
    void whileTheLoopExpectsMuchOnlySmallAnswersAreAskedForSeveralAtOnce() {
        AnswerWindow small = new AnswerWindow(expected);
        small.asked(32);
        small.answered(32, 32 * 100);
        for (int i = 0; i < 9; i++) {
            new AnswerWindow(expected).asked(32);
        }

        assertThat(new AnswerWindow(expected).room()).isEqualTo(1);
        assertThat(small.room()).isGreaterThan(100);
    }

    /** One answer each of 400 clients is 400 MB that everybody else would wait behind. */
    @Test
    void whileTheLoopExpectsMuchClientsOfLargeAnswersTakeTurnsAndOthersDoNotWait() {
        AnswerWindow small = new AnswerWindow(expected);
        small.asked(32);
        small.answered(32, 32 * 100);
        expected.came(1_000_000);
        List<AnswerWindow> asking = new ArrayList<>();
        List<Integer> turns = new ArrayList<>();
        while (!new AnswerWindow(expected).mustWaitForOthers()) {
            asking.add(new AnswerWindow(expected));
            asking.get(asking.size() - 1).asked(1);
            assertThat(asking).hasSizeLessThan(100);
        }
        for (int i = 0; i < 40; i++) {
            int number = i;
            expected.await(() -> turns.add(number));
        }
        assertThat(small.hasRoom()).isTrue();
        assertThat(turns).isEmpty();

        asking.get(0).answered(1, 1_000_000);
        assertThat(turns).containsExactly(0);
        asking.get(1).close();
        assertThat(turns).containsExactly(0, 1);

        asking.forEach(AnswerWindow::close);
        for (int i = 0; i < 3; i++) {
            expected.tick();
        }
        assertThat(turns).hasSize(40).isSorted();
    }

    @Test
    void whoseTurnItIsMayAskOnceHoweverMuchTheOthersExpectByThen() {
        AnswerWindow window = new AnswerWindow(expected);
        AnswerWindow other = new AnswerWindow(expected);
        expected.came(1_000_000);
        other.asked(80);
        assertThat(window.mustWaitForOthers()).isTrue();
        window.awaitTurn(() -> {});
        window.awaitTurn(() -> {});
        other.answered(79, 79 * 256 * 1_024);
        other.asked(30);

        assertThat(expected.areMany()).isTrue();
        assertThat(window.hasRoom()).isTrue();
        window.asked(1);
        window.answered(1, 1_000_000);
        assertThat(window.hasRoom()).isFalse();
    }

    /** Whatever is asked and answered, nothing is expected when all has come, or the client has gone. */
    @Test
    void nothingStaysExpected() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            AnswerWindow any = new AnswerWindow(expected);
            int outstanding = 0;
            for (int step = 0; step < 50; step++) {
                int room = any.room();
                assertThat(any.hasRoom()).isEqualTo(room > 0 && !any.mustWaitForOthers());
                if (room > 0 && random.nextBoolean()) {
                    int asked = 1 + random.nextInt(Math.min(room, 512));
                    any.asked(asked);
                    outstanding += asked;
                } else if (outstanding > 0) {
                    int answered = 1 + random.nextInt(outstanding);
                    any.answered(answered, random.nextInt(1_000_000));
                    outstanding -= answered;
                }
            }
            any.close();
        }

        assertThat(expected.areMany()).isFalse();
        assertThat(expected.bytes()).isZero();
    }
}
