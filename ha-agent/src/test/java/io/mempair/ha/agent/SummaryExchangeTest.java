package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.Election;
import io.mempair.ha.election.Policy;
import io.mempair.ha.election.Settings;
import io.mempair.ha.group.MemberSummary;
import io.mempair.ha.group.OperatorMessage.Summary;
import io.mempair.ha.time.SystemClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class SummaryExchangeTest {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final Election ELECTION = Election.start(
            new Settings("a", 200, 1, 100 * MILLI, 700 * MILLI, 1_500 * MILLI, Settings.CLAIM_NANOS, Policy.PAIR), 0);

    private final KeptGroup group = new KeptGroup();
    private final HistoryKeeper history = new HistoryKeeper("a", group, null, new SystemClock());
    private final SummaryExchange exchange =
            new SummaryExchange("a", group, (now, election) -> summary(now / SECOND), history, ELECTION, 0);

    private static MemberSummary summary(long upSeconds) {
        return MemberSummary.plain("1.2.3", upSeconds, "");
    }

    @Test
    void theOthersAreToldOnceASecondHoweverManyTurnsThereAre() {
        for (long now = 0; now <= 3 * SECOND; now += 10 * MILLI) {
            exchange.turnEnded(ELECTION, now);
        }

        assertThat(group.told)
                .containsExactly(
                        new Summary("a", summary(1), 0),
                        new Summary("a", summary(2), 0),
                        new Summary("a", summary(3), 0));
        assertThat(exchange.own()).isEqualTo(summary(3));
    }

    @Test
    void whatAMemberToldLastIsKnownUntilItWasSilentForTenSeconds() {
        exchange.heard(new Summary("b", summary(5), 0), SECOND);
        exchange.heard(new Summary("b", summary(6), 0), 2 * SECOND);

        assertThat(exchange.of("b", 12 * SECOND - 1)).isEqualTo(summary(6));
        assertThat(exchange.of("b", 12 * SECOND)).isNull();
        assertThat(exchange.of("c", 2 * SECOND)).isNull();
    }

    @Test
    void noNumberOfNamesFillsTheMemory() {
        for (int i = 0; i < 100; i++) {
            exchange.heard(new Summary("n" + i, summary(i), 0), SECOND);
        }
        assertThat(exchange.of("n3", SECOND)).isNotNull();
        assertThat(exchange.of("n4", SECOND)).isNull();

        exchange.turnEnded(ELECTION, 11 * SECOND);
        exchange.heard(new Summary("n4", summary(4), 0), 11 * SECOND);
        assertThat(exchange.of("n4", 11 * SECOND)).isNotNull();
    }
}
