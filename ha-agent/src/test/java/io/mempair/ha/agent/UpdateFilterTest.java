package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.agent.UpdateFilter.UpdateVerdict;
import io.mempair.ha.group.ServerStateMessage.StateUpdate;
import io.mempair.proxy.replication.ServerKnowledge;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpdateFilterTest {

    private final UpdateFilter lessons = new UpdateFilter();

    private UpdateVerdict judge(long epoch, long incarnation, long version) {
        return lessons.judge(new StateUpdate("a", incarnation, epoch, new ServerKnowledge(version, List.of())));
    }

    @ParameterizedTest
    @CsvSource({
        "2, 50, 8, LEARN",
        "2, 50, 7, CONFIRM",
        "2, 50, 6, IGNORE",
        "1, 50, 9, IGNORE",
        "1, 60, 9, IGNORE",
        "2, 40, 1, LEARN",
        "3, 50, 7, LEARN",
        "3, 60, 1, LEARN",
    })
    void newsIsTakenAndWhatIsOlderIsNot(long epoch, long incarnation, long version, UpdateVerdict verdict) {
        assertThat(judge(2, 50, 7)).isEqualTo(UpdateVerdict.LEARN);

        assertThat(judge(epoch, incarnation, version)).isEqualTo(verdict);
    }

    @Test
    void whatWasIgnoredIsNotRemembered() {
        judge(2, 50, 7);

        assertThat(judge(1, 60, 9)).isEqualTo(UpdateVerdict.IGNORE);

        assertThat(judge(2, 50, 7)).isEqualTo(UpdateVerdict.CONFIRM);
    }

    @Test
    void whatWasForgottenIsNewsAgainUnlessItIsOfAnOlderReign() {
        judge(2, 50, 7);

        lessons.forget();

        assertThat(judge(1, 50, 9)).isEqualTo(UpdateVerdict.IGNORE);
        assertThat(judge(2, 50, 7)).isEqualTo(UpdateVerdict.LEARN);
    }
}
