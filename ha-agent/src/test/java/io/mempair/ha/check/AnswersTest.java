package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.TieBreakerConfig;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswersTest {

    private static final Question GATEWAY =
            new Question("gateway 10.0.0.1", InetAddress.getLoopbackAddress(), Question.ECHO);
    private static final TieBreakerConfig NAMED =
            new TieBreakerConfig(false, List.of(new TieBreakerConfig.HostTieBreaker("10.0.0.1")));
    private static final long LATER = Answers.SILENCE_NANOS;

    @Test
    void beforeTheAddressesAreKnownNothingCounts() {
        for (TieBreakerConfig config : List.of(TieBreakerConfig.AUTOMATIC, TieBreakerConfig.NONE, NAMED)) {
            Answers answers = new Answers(config);

            assertThat(answers.round(0)).isNull();
            assertThat(answers.isNone(LATER)).isFalse();
        }
    }

    @Test
    void withoutAnAddressTheDefaultIsNoneAndThatIsSaidOnce() {
        Answers answers = new Answers(TieBreakerConfig.AUTOMATIC);
        answers.asking(List.of());

        assertThat(answers.isNone(0)).isTrue();
        assertThat(answers.round(0)).startsWith("no tie-breaker: this pair prefers to serve");
        assertThat(answers.round(1)).isNull();
    }

    @Test
    void aDefaultAddressThatNeverAnsweredDoesNotCountAfterAWhile() {
        Answers answers = new Answers(TieBreakerConfig.AUTOMATIC);

        assertThat(answers.asking(List.of(GATEWAY))).isEqualTo("tie-breaker: asking [gateway 10.0.0.1]");
        answers.round(5);

        assertThat(answers.isNone(5 + LATER - 1)).isFalse();
        assertThat(answers.isNone(5 + LATER)).isTrue();
        assertThat(answers.round(5 + LATER)).startsWith("no tie-breaker (no answer from [gateway 10.0.0.1])");
    }

    @Test
    void aDefaultAddressThatAnsweredOnceCountsForEver() {
        Answers answers = new Answers(TieBreakerConfig.AUTOMATIC);
        answers.asking(List.of(GATEWAY));
        answers.round(0);
        answers.answered(GATEWAY, 1);

        assertThat(answers.round(1 + LATER)).contains("no answer from any of [gateway 10.0.0.1]");
        assertThat(answers.isNone(100 * LATER)).isFalse();
        assertThat(answers.status(100 * LATER).good()).isFalse();
        assertThat(answers.answered(GATEWAY, 100 * LATER)).isEqualTo("tie-breaker: gateway 10.0.0.1 answers");
        assertThat(answers.status(100 * LATER).good()).isTrue();
    }

    @Test
    void whatTheOperatorNamedCountsEvenIfItNeverAnswers() {
        Answers answers = new Answers(NAMED);
        answers.asking(List.of(GATEWAY));
        answers.round(0);

        assertThat(answers.round(LATER)).contains("no answer from any of");
        assertThat(answers.isNone(100 * LATER)).isFalse();
    }

    @Test
    void aTieBreakerThatIsSwitchedOffIsNone() {
        Answers answers = new Answers(TieBreakerConfig.NONE);
        answers.asking(List.of());

        assertThat(answers.isNone(0)).isTrue();
        assertThat(answers.status(0).good()).isTrue();
    }
}
