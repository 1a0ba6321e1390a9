package io.mempair.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AddressInUseTest {

    private static final InetAddress A = address(1);
    private static final InetAddress B = address(2);
    private static final InetAddress C = address(3);

    private final AddressInUse inUse = new AddressInUse();

    @Test
    void everyLoopIsGivenTheSameAddressHoweverTheNameRotates() {
        assertThat(inUse.choose(List.of(A, B))).isEqualTo(A);
        assertThat(inUse.choose(List.of(B, A))).isEqualTo(A);
        assertThat(inUse.begin(A)).isTrue();
        assertThat(inUse.choose(List.of(B, A))).isEqualTo(A);
    }

    @Test
    void anAddressALoopIsConnectedToStaysWhateverTheNameMeansByThen() {
        inUse.choose(List.of(A, B));
        inUse.begin(A);
        assertThat(inUse.choose(List.of(C))).isEqualTo(A);
        inUse.failed(A);
        assertThat(inUse.pinned()).as("another loop did not get through").isEqualTo(A);

        inUse.end();
        assertThat(inUse.pinned()).isNull();
        assertThat(inUse.choose(List.of(C))).isEqualTo(C);
    }

    @Test
    void anAddressThatDoesNotAnswerGivesWayToTheNextAndComesBackInItsTurn() {
        inUse.choose(List.of(A, B));
        inUse.failed(A);
        inUse.failed(A);
        assertThat(inUse.choose(List.of(A, B)))
                .as("two loops found out, one step was made")
                .isEqualTo(B);
        inUse.failed(B);
        assertThat(inUse.choose(List.of(A, B))).isEqualTo(A);
    }

    @Test
    void theOnlyAddressIsTriedAgain() {
        inUse.choose(List.of(A));
        inUse.failed(A);

        assertThat(inUse.choose(List.of(A))).isEqualTo(A);
    }

    @Test
    void aLoopThatConnectedToAnEarlierAddressMayNotServeFromThere() {
        inUse.choose(List.of(A, B));
        inUse.failed(A);

        assertThat(inUse.begin(A)).isFalse();
        assertThat(inUse.begin(B)).isTrue();
    }

    @Test
    void noTwoAddressesAreEverInUseAtOnceWhateverLoopsDo() throws Exception {
        Map<InetAddress, AtomicInteger> users = new ConcurrentHashMap<>();
        List.of(A, B, C).forEach(address -> users.put(address, new AtomicInteger()));
        ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
        List<Thread> loops = new ArrayList<>();
        for (int seed = 1; seed <= 4; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Thread loop = new Thread(() -> useAtRandom(random, users, violations));
            loops.add(loop);
            loop.start();
        }
        for (Thread loop : loops) {
            loop.join();
        }

        assertThat(violations).isEmpty();
    }

    private void useAtRandom(
            SplittableRandom random, Map<InetAddress, AtomicInteger> users, ConcurrentLinkedQueue<String> violations) {
        List<List<InetAddress>> answers = List.of(List.of(A, B, C), List.of(C, A, B), List.of(B), List.of(C, B));
        for (int step = 0; step < 20_000; step++) {
            InetAddress pinned = inUse.pinned();
            InetAddress target = pinned != null ? pinned : inUse.choose(answers.get(random.nextInt(answers.size())));
            if (random.nextInt(3) == 0) {
                inUse.failed(target);
            } else if (inUse.begin(target)) {
                users.get(target).incrementAndGet();
                users.forEach((address, count) -> {
                    if (!address.equals(target) && count.get() > 0) {
                        violations.add(target + " while " + address + " is in use");
                    }
                });
                users.get(target).decrementAndGet();
                inUse.end();
            }
        }
    }

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
