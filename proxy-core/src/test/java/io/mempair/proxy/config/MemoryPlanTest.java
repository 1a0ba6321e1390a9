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

    /** What {@code Runtime.maxMemory} says with the 192 MB of the start script: one survivor space less. */
    private static final MemoryPlan OF_THE_START_SCRIPT = new MemoryPlan(512 * MB, 182 * MB);

    @Test
    void upToFourServersHaveJournalsOfTheDocumentedSize() {
        assertThat(OF_THE_START_SCRIPT.defaultJournalBytes(0)).isEqualTo(CopyPolicy.DEFAULT.journalBytes());
        assertThat(OF_THE_START_SCRIPT.defaultJournalBytes(2)).isEqualTo((int) (16 * MB));
        assertThat(OF_THE_START_SCRIPT.defaultJournalBytes(4)).isEqualTo((int) (16 * MB));
        assertThat(OF_THE_START_SCRIPT.spoolBytes(4)).isEqualTo((int) (8 * MB));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 10, 64, 200})
    void theJournalsAndCopiesOfAllServersTakeThreeEighthsOfTheHeapAtMost(int servers) {
        int journal = OF_THE_START_SCRIPT.defaultJournalBytes(servers);

        assertThat(journal).isPositive();
        assertThat((long) servers * journal).isLessThanOrEqualTo(182 * MB * 3 / 8);
        assertThat(2L * servers * OF_THE_START_SCRIPT.spoolBytes(servers)).isLessThanOrEqualTo(182 * MB * 3 / 8);
        OF_THE_START_SCRIPT.require(journals(journal, 1_000), servers);
    }

    private static CopyPolicy journals(int bytes, int refillRate) {
        CopyPolicy usual = CopyPolicy.DEFAULT;
        return new CopyPolicy(usual.acknowledge(), false, bytes, refillRate, usual.refillFor(), usual.refillLifetime());
    }

    @Test
    void journalsThatDoNotFitAreRefusedWithTheNumbersAndTheRemedy() {
        assertThatThrownBy(() -> OF_THE_START_SCRIPT.require(journals(16 << 20, 0), 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "journal-bytes: 10 servers x 16m do not fit (expected: at most 6988k for each, because three"
                                + " eighths of the heap, of 182m, are for all; lower it, or set"
                                + " MEMPAIR_JAVA_OPTS=-Xmx451m)");

        new MemoryPlan(512 * MB, 451 * MB * 19 / 20).require(journals(16 << 20, 0), 10);
    }

    @Test
    void moreServersThanTheHeapHasKeysOfBulkCopiesForAreRefused() {
        assertThatThrownBy(() -> OF_THE_START_SCRIPT.require(journals(1 << 10, 1_000), 1_000))
                .hasMessageContaining("1000 servers x 256k do not fit")
                .hasMessageContaining("set refill-rate to 0");

        OF_THE_START_SCRIPT.require(journals(1 << 10, 0), 1_000);
    }

    @Test
    void withOneCopyNothingIsJournaled() {
        OF_THE_START_SCRIPT.require(journals(1 << 30, 0), 0);
    }

    @Test
    void limitsBeyondAllNumbersAreRefusedToo() {
        assertThatThrownBy(() -> new MemoryPlan(512 * MB, 192 * MB).require(limits(Long.MAX_VALUE, Long.MAX_VALUE), 64))
                .hasMessageContaining("do not fit");
    }
}
