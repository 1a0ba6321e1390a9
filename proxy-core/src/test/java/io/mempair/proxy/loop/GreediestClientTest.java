package io.mempair.proxy.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who goes when all clients together make the proxy hold too much; without a channel. */
@Timeout(120)
class GreediestClientTest {

    private static final long MB = 1 << 20;

    @Test
    void theGreediestGoesWhenAllTogetherHoldTooMuchAndNobodyElse() {
        LoopMemory loop = MemoryClient.loop(MemoryClient.budget(100 * MB));
        loop.maxUnread(60 * MB);
        List<MemoryClient> clients = new ArrayList<>();
        for (int i = 1; i <= 13; i++) {
            MemoryClient client = new MemoryClient(loop);
            client.keep(i * MB);
            clients.add(client);
        }
        loop.endTurn();
        assertThat(clients).allMatch(client -> client.end.isEmpty());

        clients.get(0).keep(9 * MB);
        loop.endTurn();

        assertThat(clients.get(12).end).isEqualTo("greediest");
        assertThat(clients.subList(0, 12)).allMatch(client -> client.end.isEmpty());
    }

    @Test
    void theGreediestGoesWhenTheAllocatorHasTooMuchWhateverWasCharged() {
        AtomicLong allocated = new AtomicLong();
        MemoryBudget budget = new MemoryBudget(100 * MB, 1, allocated::get, 120 * MB, Long.MAX_VALUE, loop -> {});
        LoopMemory loop = MemoryClient.loop(budget);
        MemoryClient greedy = new MemoryClient(loop);
        MemoryClient modest = new MemoryClient(loop);
        greedy.keep(5 * MB);
        modest.keep(MB);

        allocated.set(121 * MB);
        loop.endTurn();
        assertThat(greedy.end).isEqualTo("greediest");
        assertThat(modest.end).isEmpty();
    }

    @Test
    void theLoopThatHoldsMostIsAskedToGiveUpItsClientAndNotTheOneThatNoticed() {
        Queue<Integer> asked = new ConcurrentLinkedQueue<>();
        MemoryBudget budget = new MemoryBudget(160 * MB, 2, () -> 0, Long.MAX_VALUE, Long.MAX_VALUE, asked::add);
        LoopMemory first = new LoopMemory(budget, 0, () -> {});
        LoopMemory second = new LoopMemory(budget, 1, () -> {});
        MemoryClient greedy = new MemoryClient(first);
        greedy.keep(148 * MB);
        first.endTurn();
        MemoryClient late = new MemoryClient(second);
        late.keep(5 * MB);
        second.endTurn();
        second.endTurn();

        assertThat(late.end).isEmpty();
        assertThat(asked).containsExactly(0);
        first.relieve();
        assertThat(greedy.end).isEqualTo("greediest");
    }

    @Test
    void whoseRequestsTakeMuchOfTheHeapWaitsAndTheGreediestGoesOthersDoNot() {
        LoopMemory loop =
                MemoryClient.loop(new MemoryBudget(100 * MB, 1, () -> 0, Long.MAX_VALUE, 10 * MB, none -> {}));
        MemoryClient greedy = new MemoryClient(loop);
        MemoryClient second = new MemoryClient(loop);
        MemoryClient modest = new MemoryClient(loop);
        modest.account.addHeap(400);
        greedy.account.addHeap(4 * MB);
        assertThat(greedy.account.mayGrow()).isTrue();

        second.account.addHeap(2 * MB);
        assertThat(greedy.account.mayGrow()).isFalse();
        assertThat(modest.account.mayGrow()).isTrue();

        second.account.addHeap(3 * MB);
        second.account.addHeap(2 * MB);
        loop.endTurn();
        assertThat(second.end).isEqualTo("greediest");
        assertThat(modest.end).isEmpty();
    }

    /** Halves of long lines, say: who holds them is not read, so they never become whole. */
    @Test
    void whereWaitingDoesNotHelpTheGreediestGoesAfterAWhile() {
        LoopMemory loop = MemoryClient.loop(MemoryClient.budget(100 * MB));
        MemoryClient greedy = new MemoryClient(loop);
        MemoryClient second = new MemoryClient(loop);
        greedy.keep(31 * MB);
        second.keep(30 * MB);
        greedy.account.await();
        second.account.await();
        for (int i = 0; i < 49; i++) {
            loop.tick();
        }
        assertThat(greedy.end).isEmpty();

        loop.tick();
        assertThat(greedy.end).isEqualTo("greediest");
        for (int i = 0; i < 100; i++) {
            loop.tick();
        }
        assertThat(second.end).isEmpty();
        assertThat(second.resumed).isEqualTo(1);
    }

    /** What it holds comes free only when a server answers; meanwhile nobody else has to go for it. */
    @Test
    void oneWhoGoesIsEnoughEvenIfWhatHeHeldStaysForAWhile() {
        LoopMemory loop =
                MemoryClient.loop(new MemoryBudget(100 * MB, 1, () -> 0, Long.MAX_VALUE, 10 * MB, none -> {}));
        MemoryClient greedy = new MemoryClient(loop);
        MemoryClient second = new MemoryClient(loop);
        greedy.account.add(MemoryUse.VALUES, 50 * MB);
        second.account.add(MemoryUse.VALUES, 46 * MB);
        greedy.account.addHeap(6 * MB);
        second.account.addHeap(5 * MB);
        loop.endTurn();
        loop.endTurn();

        assertThat(greedy.end).isEqualTo("greediest");
        assertThat(second.end).isEmpty();
    }

    /**
     * Loops on threads of their own with clients that keep, give back and leave at random: the sum never passes the limit by more
     * than what loops hold unpublished, small clients are never touched, and nothing stays charged.
     */
    @Test
    void theBudgetHoldsWhateverTheLoopsDoAtTheSameTime() throws Exception {
        for (int seed = 0; seed < 40; seed++) {
            int loops = 1 + seed % 4;
            long limit = (16 + seed) * MB;
            List<Queue<Runnable>> tasks = new ArrayList<>();
            MemoryBudget budget = new MemoryBudget(
                    limit,
                    loops,
                    () -> 0,
                    Long.MAX_VALUE,
                    Long.MAX_VALUE,
                    loop -> tasks.get(loop).add(() -> {}));
            AtomicLong worst = new AtomicLong();
            AtomicLong small = new AtomicLong();
            CountDownLatch done = new CountDownLatch(loops);
            for (int i = 0; i < loops; i++) {
                tasks.add(new ConcurrentLinkedQueue<>());
            }
            for (int i = 0; i < loops; i++) {
                int index = i;
                int of = seed;
                Thread thread = new Thread(() -> {
                    small.addAndGet(live(budget, index, of, tasks.get(index), worst));
                    done.countDown();
                });
                thread.start();
            }
            assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();

            assertThat(worst.get()).as("seed %d", seed).isLessThanOrEqualTo(limit + 2L * loops * MB);
            assertThat(small.get()).as("seed %d", seed).isZero();
            assertThat(budget.totalBytes()).as("seed %d", seed).isZero();
        }
    }

    /** Some thousand turns of one loop; how many small clients were closed. */
    private static long live(MemoryBudget budget, int index, int seed, Queue<Runnable> tasks, AtomicLong worst) {
        Random random = new Random(31L * seed + index);
        LoopMemory loop = new LoopMemory(budget, index, () -> {});
        loop.maxUnread(8 * MB);
        List<MemoryClient> clients = new ArrayList<>();
        MemoryClient modest = new MemoryClient(loop);
        long smallClosed = 0;
        for (int turn = 0; turn < 2_000; turn++) {
            if (tasks.poll() != null) {
                loop.relieve();
                clients.removeIf(one -> !one.end.isEmpty());
            }
            if (clients.size() < 30) {
                clients.add(new MemoryClient(loop));
            }
            MemoryClient client = clients.get(random.nextInt(clients.size()));
            if (random.nextInt(3) > 0) {
                client.keep(random.nextInt(1 << 20));
            } else {
                client.keep(-client.kept);
            }
            modest.keep(1_000L * random.nextInt(2) - modest.kept / 2);
            loop.endTurn();
            worst.accumulateAndGet(budget.totalBytes(), Math::max);
            if (turn % 50 == 0) {
                loop.tick();
            }
            clients.removeIf(one -> !one.end.isEmpty());
            smallClosed += modest.end.isEmpty() ? 0 : 1;
        }
        for (MemoryClient client : clients) {
            client.keep(-client.kept);
            client.account.close();
        }
        modest.keep(-modest.kept);
        loop.tick();
        return smallClosed;
    }

    /** None of them is large, and together they would end the process. */
    @Test
    void ofAGreatManyWhoHoldLittleEachSomeGoToo() {
        LoopMemory loop = MemoryClient.loop(MemoryClient.budget(100 * MB));
        List<MemoryClient> clients = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            MemoryClient client = new MemoryClient(loop);
            client.keep(100 * 1_024);
            clients.add(client);
        }
        loop.endTurn();

        assertThat(clients.stream().filter(client -> client.end.equals("greediest")))
                .isNotEmpty();
        assertThat(loop.bytes(MemoryUse.KEPT_ANSWERS)).isLessThanOrEqualTo(94 * MB);
    }

    /** What clients hold may be a small part of what the allocator needs for it. */
    @Test
    void theGreediestGoUntilTheyHeldWhatTheAllocatorHasTooMuch() {
        AtomicLong allocated = new AtomicLong(50 * MB);
        LoopMemory loop =
                MemoryClient.loop(new MemoryBudget(100 * MB, 1, allocated::get, 80 * MB, Long.MAX_VALUE, index -> {}));
        List<MemoryClient> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            MemoryClient client = new MemoryClient(loop);
            client.keep(2 * MB);
            clients.add(client);
        }
        loop.endTurn();
        assertThat(clients).allMatch(client -> client.end.isEmpty());

        allocated.set(85 * MB);
        loop.tick();

        assertThat(clients.stream().filter(client -> client.end.equals("greediest")))
                .hasSize(3);
    }
}
