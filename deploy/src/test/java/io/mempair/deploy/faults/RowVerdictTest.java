package io.mempair.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.deploy.faults.ServingWatch.Answer;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RowVerdictTest {

    private static final Options PAIR = Options.of();
    private static final Options WITNESS = Options.of("--mode", "witness");

    @Test
    void theMedianOfTheOutageCountsAndEveryRoundOfTheTimeBothHeldTheAddress() {
        List<RoundResult> rounds = List.of(round(40, 0), round(500, 0), round(50, 0));

        assertThat(RowVerdict.of(PAIR, new Figures(Row.TERM, "p", rounds), null))
                .isEmpty();
        assertThat(RowVerdict.of(
                        PAIR, new Figures(Row.TERM, "p", List.of(round(40, 0), round(40, 0), round(40, 0.3))), null))
                .containsExactly("term: both had the address, every round: 0.3 (bound: 0)");
        assertThat(RowVerdict.of(PAIR, new Figures(Row.TERM, "p", List.of(round(61, 0))), null))
                .containsExactly("term: outage, median: 61.0 (bound: 60)");
    }

    @Test
    void whereOnlyTheKernelIsLeftOrTheNodesAreApartBothMayHoldItForATime() {
        assertThat(RowVerdict.of(PAIR, new Figures(Row.FREEZE, "p", List.of(round(700, 790))), null))
                .isEmpty();
        assertThat(RowVerdict.of(PAIR, new Figures(Row.FREEZE, "p", List.of(round(700, 801))), null))
                .hasSize(1);
        assertThat(RowVerdict.of(PAIR, new Figures(Row.SPLIT, "p", List.of(round(700, 3_000))), null))
                .isEmpty();
        assertThat(RowVerdict.of(WITNESS, new Figures(Row.SPLIT, "p", List.of(round(700, 3_000))), null))
                .hasSize(1);
    }

    @Test
    void aWitnessMakesACrashAsSlowAsAHang() {
        Figures kill = new Figures(Row.KILL, "p", List.of(round(600, 0)));

        assertThat(RowVerdict.of(PAIR, kill, null)).hasSize(1);
        assertThat(RowVerdict.of(WITNESS, kill, null)).isEmpty();
        assertThat(RowVerdict.of(Options.of("--mode", "witness", "--profile", "fast"), kill, null))
                .hasSize(1);
    }

    @Test
    void aRoundThatFailedBreaksTheRow() {
        var figures = new Figures(Row.CUT, "p", List.of(RoundResult.failed("not within 40 s: settled"), round(900, 0)));

        assertThat(RowVerdict.of(PAIR, figures, null)).containsExactly("cut: round 1: not within 40 s: settled");
    }

    @Test
    void anOutageLongerThanKeepalivedsIsBrokenUnlessItIsNoise() {
        var kill = new Figures(Row.KILL, "mempair", List.of(round(70, 0)));
        var faster = new Figures(Row.KILL, "keepalived", List.of(round(60, 0)));
        var never = new Figures(Row.KILL, "keepalived", List.of(RoundResult.failed("not settled")));

        assertThat(RowVerdict.of(PAIR, kill, faster))
                .containsExactly("kill: outage, median: 70 ms (expected: shorter than keepalived's 60)");
        var absent = new Figures(Row.KILL, "keepalived", List.of(RoundResult.notBegun("no keepalived")));
        assertThat(RowVerdict.of(PAIR, kill, never)).isEmpty();
        assertThat(RowVerdict.of(PAIR, kill, absent)).containsExactly("kill: keepalived not begun: no keepalived");
        assertThat(RowVerdict.of(PAIR, new Figures(Row.KILL, "mempair", List.of(round(19, 0))), faster))
                .isEmpty();
    }

    @Test
    void anAnswerInTheMiddleOfTheOthersIsSeenAndAnOrderlyHandOverIsNot() {
        List<Answer> before = answers(0, 500);
        List<Answer> after = answers(505, 1_000);
        List<Answer> late = List.of(new Answer(millis(702), millis(703)));

        assertThat(ServingWatch.strangers(before, after)).isZero();
        assertThat(ServingWatch.strangers(after, before)).isZero();
        assertThat(ServingWatch.strangers(late, after)).isEqualTo(1);
        assertThat(ServingWatch.strangers(after, late)).isZero();
    }

    @Test
    void aWordThatIsNoRowIsNamedWithWhatIsExpected() {
        assertThatThrownBy(() -> Options.of("kil"))
                .hasMessageContaining("'kil' is no row")
                .hasMessageContaining("kill");
        assertThatThrownBy(() -> Options.of("--rounds", "0")).hasMessage("--rounds: '0' (expected: 1 to 9999)");
    }

    private static List<Answer> answers(long fromMillis, long toMillis) {
        return LongStream.iterate(fromMillis, at -> at < toMillis, at -> at + 10)
                .mapToObj(at -> new Answer(millis(at), millis(at + 1)))
                .toList();
    }

    private static long millis(long millis) {
        return millis * 1_000_000;
    }

    private static RoundResult round(double outageMillis, double bothMillis) {
        return new RoundResult(outageMillis, outageMillis, bothMillis, 0, outageMillis, 1, 0, 100, 0, "");
    }
}
