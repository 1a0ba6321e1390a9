package io.mempair.proxy.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits when clients make the proxy hold much, and who goes for what is his own; without a channel. */
@Timeout(120)
class LoopMemoryTest {

    private static final long MB = 1 << 20;

    @Test
    void whoLeavesMoreUnreadThanOneMayGoesAtTheEndOfTheTurn() {
        LoopMemory loop = MemoryClient.loop(MemoryClient.budget(100 * MB));
        loop.maxUnread(10 * MB);
        MemoryClient slow = new MemoryClient(loop);
        MemoryClient other = new MemoryClient(loop);
        other.keep(9 * MB);

        slow.keep(11 * MB);
        assertThat(slow.end).isEmpty();
        loop.endTurn();

        assertThat(slow.end).isEqualTo("unread");
        assertThat(other.end).isEmpty();
        assertThat(loop.bytes(MemoryUse.KEPT_ANSWERS)).isEqualTo(9 * MB);
    }

    @Test
    void unsentAndKeptAnswersCountTogether() {
        LoopMemory loop = MemoryClient.loop(MemoryClient.budget(100 * MB));
        loop.maxUnread(10 * MB);
        MemoryClient slow = new MemoryClient(loop);

        slow.keep(6 * MB);
        slow.account.unsent(6 * MB);
        loop.endTurn();

        assertThat(slow.end).isEqualTo("unread");
    }

    @Test
    void whoHoldsMoreThanHisShareWaitsWhileMemoryIsShortAndOthersDoNot() {
        LoopMemory loop = MemoryClient.loop(MemoryClient.budget(100 * MB));
        loop.maxUnread(60 * MB);
        MemoryClient greedy = new MemoryClient(loop);
        MemoryClient modest = new MemoryClient(loop);
        greedy.keep(29 * MB);
        assertThat(greedy.account.mayGrow()).isTrue();
        MemoryClient third = new MemoryClient(loop);
        third.keep(22 * MB);
        loop.tick();

        assertThat(greedy.account.mayGrow()).isFalse();
        assertThat(third.account.mayGrow()).isFalse();
        assertThat(modest.account.mayGrow()).isTrue();

        greedy.account.await();
        third.keep(-20 * MB);
        loop.tick();
        assertThat(greedy.resumed).isEqualTo(1);
    }

    @Test
    void whoWaitsGoesOnAtOnceWhenItHoldsLittleItself() {
        LoopMemory loop = MemoryClient.loop(MemoryClient.budget(100 * MB));
        loop.maxUnread(20 * MB);
        MemoryClient client = new MemoryClient(loop);
        client.keep(11 * MB);
        assertThat(client.account.mayGrow()).isFalse();
        client.account.await();

        client.keep(-9 * MB);

        assertThat(client.resumed).isEqualTo(1);
    }

    @Test
    void whatTheChannelSentMeanwhileIsNotHeldAgainstIt() {
        LoopMemory loop = MemoryClient.loop(MemoryClient.budget(100 * MB));
        loop.maxUnread(60 * MB);
        MemoryClient reads = new MemoryClient(loop);
        reads.unsent = 50 * MB;
        reads.recount();
        MemoryClient holds = new MemoryClient(loop);
        holds.keep(40 * MB);
        reads.unsent = 0;

        holds.keep(10 * MB);
        loop.endTurn();

        assertThat(reads.end).isEmpty();
        assertThat(holds.end).isEmpty();
    }

    @Test
    void whatHasBegunGoesOnHoweverShortTheHeapIs() {
        LoopMemory loop =
                MemoryClient.loop(new MemoryBudget(100 * MB, 1, () -> 0, Long.MAX_VALUE, 10 * MB, none -> {}));
        MemoryClient client = new MemoryClient(loop);
        client.account.addHeap(9 * MB);

        assertThat(client.account.mayGrow()).isFalse();
        assertThat(client.account.mayHoldMore()).isTrue();
    }

    @Test
    void ofValuesOnTheirWayTheOneThatDoesNotComeGivesRoom() {
        LoopMemory loop = MemoryClient.loop(MemoryClient.budget(100 * MB));
        MemoryClient stalls = new MemoryClient(loop);
        MemoryClient sends = new MemoryClient(loop);
        stalls.account.arrives();
        for (int i = 0; i < 9; i++) {
            loop.tick();
        }
        assertThat(loop.closeStalled()).isFalse();

        loop.tick();
        sends.account.arrives();
        assertThat(loop.closeStalled()).isTrue();
        assertThat(stalls.end).isEqualTo("stalled");
        assertThat(loop.closeStalled()).isFalse();
        assertThat(sends.end).isEmpty();
    }

    @Test
    void memoryIsShortWhenTheAllocatorHasMostOfItAndClientsHoldAQuarter() {
        AtomicLong allocated = new AtomicLong(50 * MB);
        MemoryBudget budget = new MemoryBudget(100 * MB, 1, allocated::get, 80 * MB, Long.MAX_VALUE, index -> {});
        LoopMemory loop = MemoryClient.loop(budget);
        MemoryClient client = new MemoryClient(loop);
        client.keep(26 * MB);
        assertThat(budget.isShort()).isFalse();

        allocated.set(61 * MB);
        assertThat(budget.isShort()).isTrue();

        client.keep(-2 * MB);
        assertThat(budget.isShort()).isFalse();
    }

    @Test
    void incompleteRecordsOfAClientAreChargedAndDoNotKeepItFromBeingRead() {
        LoopMemory loop = MemoryClient.loop(MemoryClient.budget(100 * MB));
        loop.maxUnread(10 * MB);
        MemoryClient client = new MemoryClient(loop);

        client.account.ciphered(8 * MB);
        assertThat(loop.bytes(MemoryUse.INPUT)).isEqualTo(8 * MB);
        assertThat(client.account.mayGrow()).isTrue();

        client.account.close();
        client.account.ciphered(9 * MB);
        assertThat(loop.bytes(MemoryUse.INPUT)).isZero();
    }
}
