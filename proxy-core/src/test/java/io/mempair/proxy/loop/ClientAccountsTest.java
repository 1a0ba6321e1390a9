package io.mempair.proxy.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClientAccountsTest {

    private final LoopMemory loop = new LoopMemory(
            new MemoryBudget(1 << 20, 1, () -> 0, Long.MAX_VALUE, Long.MAX_VALUE, number -> {}), 0, () -> {});
    private final ClientAccounts accounts = new ClientAccounts();

    private MemoryAccount account() {
        return loop.openShared(() -> {});
    }

    private MemoryAccount holding(long bytes) {
        MemoryAccount account = account();
        account.add(MemoryUse.KEPT_ANSWERS, bytes);
        accounts.add(account);
        return account;
    }

    private MemoryAccount arrivedAt(long tick) {
        MemoryAccount account = account();
        account.arrivedTick = tick;
        accounts.add(account);
        return account;
    }

    @Test
    void theGreediestHoldsMoreThanTheOthersAndThanTheLeast() {
        holding(10);
        MemoryAccount large = holding(30);
        holding(20);

        assertThat(accounts.greediest(MemoryAccount::bytes, 29)).isSameAs(large);
        assertThat(accounts.greediest(MemoryAccount::bytes, 30)).isNull();
    }

    @Test
    void theStalestWaitsSinceTheEarliestTick() {
        arrivedAt(-1);
        arrivedAt(7);
        MemoryAccount first = arrivedAt(0);

        assertThat(accounts.stalest()).isSameAs(first);

        accounts.remove(first);
        accounts.add(first);
        first.arrivedTick = -1;
        assertThat(accounts.stalest())
                .extracting(account -> account.arrivedTick)
                .isEqualTo(7L);
    }

    @Test
    void nobodyIsGreedyOrStaleAmongNone() {
        assertThat(accounts.greediest(MemoryAccount::bytes, -1)).isNull();
        assertThat(accounts.stalest()).isNull();
    }

    @Test
    void anyOrderOfComingAndGoingLeavesThoseThatAreThere() {
        Random random = new Random(1);
        List<MemoryAccount> there = new ArrayList<>();
        for (int step = 0; step < 10_000; step++) {
            if (there.isEmpty() || random.nextInt(100) < 55) {
                MemoryAccount account = account();
                accounts.add(account);
                there.add(account);
            } else {
                MemoryAccount leaving = there.remove(random.nextInt(there.size()));
                accounts.remove(leaving);
                accounts.remove(leaving); // a second time has no effect
            }
            assertThat(accounts.size()).isEqualTo(there.size());
        }
        assertThat(there.stream().mapToInt(account -> account.place).sorted())
                .as("places")
                .containsExactly(IntStream.range(0, there.size()).boxed().toArray(Integer[]::new));
    }
}
