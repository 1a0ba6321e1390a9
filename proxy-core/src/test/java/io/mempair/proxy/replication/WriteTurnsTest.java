package io.mempair.proxy.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.testkit.Thrown;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Who has a turn in the order of writes, and when: one rule each; {@link WriteOrderTest} has all of them at random. */
class WriteTurnsTest {

    @Test
    void aReadNeedNotWaitForWritesInFlightTogether() {
        WriteOrder order = new Lonely().order;
        order.shared(7, () -> {});
        assertThat(order.mustWait(7)).isFalse();

        order.exclusive(7, () -> {});

        assertThat(order.mustWait(7)).isTrue();
        assertThat(order.mustWait(8)).isFalse();
    }

    /** The tasks are those of one client, which reads what it wrote. */
    @Test
    void nothingOvertakesAWriteThatHasItsTurnAndIsNotSentYet() {
        Lonely lonely = new Lonely();
        WriteOrder order = lonely.order;
        order.shared(7, () -> order.hold(7));
        assertThat(order.mustWait(7)).isTrue();
        assertThat(order.mustWait(8)).isFalse();
        order.read(7, lonely.task("read"));
        order.shared(7, lonely.task("together"));
        order.exclusive(7, lonely.task("alone"));
        assertThat(lonely.begun).isEmpty();

        order.resume(7, false, lonely.task("held"));

        assertThat(lonely.begun).containsExactly("held", "read", "together");
        order.ended(7);
        order.ended(7);
        assertThat(lonely.begun).containsExactly("held", "read", "together", "alone");
        order.ended(7);
        assertThat(order.mustWait(7)).isFalse();
        assertThat(order.describe()).doesNotContain("stripe ");
    }

    /** What the write waits for may need the others to be held up: the last deletions on a server that returns. */
    @Test
    void aWriteOnHoldKeepsUpNeitherOtherLoopsNorATaskThatPassesIt() {
        List<WriteOrder> orders = new ArrayList<>();
        Stripes stripes =
                new Stripes((loop, stripe) -> Thrown.on(new AssertionError("nobody has to wait for a stripe")));
        orders.add(new WriteOrder(stripes, 0, Thrown::on));
        orders.add(new WriteOrder(stripes, 1, Thrown::on));
        WriteOrder order = orders.get(0);
        List<String> begun = new ArrayList<>();
        order.exclusive(7, () -> order.hold(7));
        order.read(7, () -> begun.add("read"));

        orders.get(1).exclusive(7, () -> begun.add("elsewhere"));
        orders.get(1).ended(7);
        orders.get(1).global(() -> begun.add("everything elsewhere"));
        orders.get(1).globalEnded();
        order.globalBesidesHeld(() -> begun.add("everything"));
        order.shared(7, () -> begun.add("later"));
        order.resume(7, true, () -> begun.add("held"));

        assertThat(begun).containsExactly("elsewhere", "everything elsewhere", "everything");
        order.globalEnded();
        assertThat(begun).endsWith("everything", "held");
        order.ended(7);
        assertThat(begun).endsWith("held", "read", "later");
        order.ended(7);
        assertThat(order.describe()).doesNotContain("stripe ");
    }

    @Test
    void aTaskForAllWaitsForTheWriteOnHoldOfItsOwnLoop() {
        Lonely lonely = new Lonely();
        WriteOrder order = lonely.order;
        order.exclusive(7, () -> order.hold(7));
        assertThat(order.globalWaits()).isFalse();
        order.global(lonely.task("everything"));
        assertThat(lonely.begun).isEmpty();
        assertThat(order.globalWaits()).isTrue();

        order.giveUp(7);

        assertThat(lonely.begun).containsExactly("everything");
        assertThat(order.globalWaits()).isFalse();
        order.globalEnded();
        assertThat(order.describe()).doesNotContain("stripe ");
    }

    @Test
    void aStripeThatAnotherLoopAsksForBetweenTwoStepsIsPassedOn() {
        for (int look = 1; look <= 6; look++) {
            int lookOfTheOther = look;
            List<String> begun = new ArrayList<>();
            Deque<Runnable> nexts = new ArrayDeque<>();
            List<WriteOrder> orders = new ArrayList<>();
            BiFunction<String, Integer, Runnable> write = (name, loop) -> () -> {
                begun.add(name);
                nexts.add(() -> orders.get(loop).ended(7));
            };
            Stripes stripes = new Stripes(
                    (loop, stripe) -> nexts.add(() -> orders.get(loop).granted(stripe))) {
                private int looks;

                @Override
                boolean isWanted(int stripe) {
                    boolean wanted = super.isWanted(stripe);
                    if (++looks == lookOfTheOther) {
                        orders.get(1).exclusive(stripe, write.apply("other", 1));
                    }
                    return wanted;
                }
            };
            orders.add(new WriteOrder(stripes, 0, Thrown::on));
            orders.add(new WriteOrder(stripes, 1, Thrown::on));
            for (String name : List.of("first", "second", "third", "fourth")) {
                orders.get(0).exclusive(7, write.apply(name, 0));
            }

            while (!nexts.isEmpty()) {
                nexts.remove().run();
            }

            assertThat(begun)
                    .as("asked at look %d; %s", look, orders.get(0).describe())
                    .containsExactlyInAnyOrder("first", "second", "third", "fourth", "other");
        }
    }

    /** One loop, and what its tasks threw. */
    private static final class Lonely {
        final List<Throwable> thrown = new ArrayList<>();
        final List<String> begun = new ArrayList<>();
        final WriteOrder order = new WriteOrder(new Stripes((loop, stripe) -> {}), 0, thrown::add);

        Runnable task(String name) {
            return () -> begun.add(name);
        }

        /** Ends itself, as it must, and throws. */
        Runnable bad(String name, Runnable end) {
            return () -> {
                begun.add(name);
                end.run();
                throw new IllegalStateException(name);
            };
        }
    }

    @Test
    void aTaskThatThrowsCostsNobodyElseATurn() {
        Lonely lonely = new Lonely();
        WriteOrder order = lonely.order;
        order.exclusive(7, lonely.task("first"));
        order.read(7, lonely.bad("read", () -> {}));
        order.exclusive(7, lonely.bad("alone", () -> order.ended(7)));
        order.shared(7, lonely.bad("together", () -> order.ended(7)));
        order.shared(7, lonely.task("last"));

        order.ended(7);

        assertThat(lonely.begun).containsExactly("first", "read", "alone", "together", "last");
        assertThat(lonely.thrown).extracting(Throwable::getMessage).containsExactly("read", "alone", "together");
        order.ended(7);
        assertThat(order.describe()).doesNotContain("stripe ");
    }

    @Test
    void aTaskThatThrowsWhileWhatWasHeldUpCatchesUpHoldsUpNothing() {
        Lonely lonely = new Lonely();
        WriteOrder order = lonely.order;
        order.global(lonely.task("everything"));
        order.shared(7, lonely.bad("together", () -> order.ended(7)));
        order.global(lonely.bad("everything too", order::globalEnded));
        order.exclusive(8, lonely.task("last"));

        order.globalEnded();

        assertThat(lonely.begun).containsExactly("everything", "together", "everything too", "last");
        order.ended(8);
        assertThat(order.mustWait(7)).isFalse();
        assertThat(order.describe())
                .startsWith("held 0, stripes owned of all -1")
                .doesNotContain("stripe ");
    }

    @Test
    void whatAWithdrawnTaskHeldUpGoesOn() {
        List<WriteOrder> orders = new ArrayList<>();
        List<String> begun = new ArrayList<>();
        Deque<Runnable> messages = new ArrayDeque<>();
        Stripes stripes = new Stripes(
                (loop, stripe) -> messages.add(() -> orders.get(loop).granted(stripe)));
        orders.add(new WriteOrder(stripes, 0, Thrown::on));
        orders.add(new WriteOrder(stripes, 1, Thrown::on));
        Runnable waitsForLoop1 = () -> begun.add("everything");
        Runnable waitsBehind = () -> begun.add("everything behind");
        orders.get(1).exclusive(7, () -> begun.add("never over"));
        orders.get(0).global(waitsForLoop1);
        orders.get(0).exclusive(6, () -> begun.add("held up"));
        orders.get(0).global(waitsBehind);

        assertThat(orders.get(0).withdraw(waitsBehind)).isTrue();
        assertThat(orders.get(0).withdraw(waitsForLoop1)).isTrue();
        assertThat(orders.get(0).withdraw(waitsForLoop1)).isFalse();

        assertThat(begun).containsExactly("never over", "held up");
        orders.get(0).ended(6);
        orders.get(1).ended(7);
        while (!messages.isEmpty()) {
            messages.remove().run();
        }
        orders.get(1).exclusive(7, () -> begun.add("after it"));
        assertThat(begun).containsExactly("never over", "held up", "after it");
        orders.get(1).ended(7);
        assertThat(orders).allSatisfy(order -> assertThat(order.describe()).doesNotContain("stripe "));
    }
}
