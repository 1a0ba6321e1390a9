package io.mempair.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryPlanTest {

    private static final long MB = 1 << 20;

    private static ClientLimits limits(long unreadBytes, long bufferedBytes) {
        return new ClientLimits(4_096, 1_024, ClientLimits.LEARNED, unreadBytes, bufferedBytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8, 16, 32, 48})
    void theDefaultsFitTheMemoryThatTheStartScriptGivesWhateverTheNumberOfLoops(int loops) {
        MemoryPlan plan = new MemoryPlan(512 * MB, 192 * MB);
        long unread = plan.defaultUnreadBytes(loops);

        plan.require(limits(unread, plan.defaultBufferedBytes(loops, unread)), loops);
        assertThat(plan.clientBytes(loops)).isLessThan(512 * MB * 3 / 4);
    }

    @Test
    void withTheMemoryOfTheStartScriptAndUpToTwoLoopsTheDefaultsAreThoseOfTheDocumentation() {
        MemoryPlan plan = new MemoryPlan(512 * MB, 192 * MB);

        assertThat(plan.defaultUnreadBytes(2)).isEqualTo(64 * MB);
        assertThat(plan.defaultBufferedBytes(2, 64 * MB)).isEqualTo(128 * MB);
        assertThat(plan.defaultBufferedBytes(4, 64 * MB)).isBetween(64 * MB, 72 * MB);
    }

    @Test
    void limitsThatDoNotFitAreRefusedWithTheNumbersAndTheRemedy() {
        MemoryPlan plan = new MemoryPlan(512 * MB, 192 * MB);

        assertThatThrownBy(() -> plan.require(limits(64 * MB, 128 * MB), 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "max-unread, max-buffered: 64m + 4 loops x 128m do not fit (expected: at most 327m, which is"
                                + " what -XX:MaxDirectMemorySize=512m leaves for clients; lower them or max-value, or set"
                                + " MEMPAIR_JAVA_OPTS=-XX:MaxDirectMemorySize=844m)");
        new MemoryPlan(844 * MB, 192 * MB).require(limits(64 * MB, 128 * MB), 4);
    }

    @Test
    void limitsBeyondAllNumbersAreRefusedToo() {
        assertThatThrownBy(() -> new MemoryPlan(512 * MB, 192 * MB).require(limits(Long.MAX_VALUE, Long.MAX_VALUE), 64))
                .hasMessageContaining("do not fit");
    }
}
