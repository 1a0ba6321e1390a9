package io.mempair.proxy.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.testkit.Thrown;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Loops in one thread, whose messages and ends of writes come in any order a seed says. */
class WriteOrderTest {

    private static final int LOOPS = 3;

    private enum TurnKind {
        READ,
        TOGETHER,
        ALONE,
        EVERYTHING,
        EVERYTHING_BESIDES_HELD;

        boolean isEverything() {
            return this == EVERYTHING || this == EVERYTHING_BESIDES_HELD;
        }
    }

    /** A command as it was handed in. */
    private static final class Handed {
        final TurnKind kind;
        final int loop;
        final int stripe;
        boolean begun;

        /** Had its turn, and waits before anything of it is sent. */
        boolean held;

        boolean ended;

        Handed(TurnKind kind, int loop, int stripe) {
            this.kind = kind;
            this.loop = loop;
            this.stripe = stripe;
        }

        boolean meets(Handed other) {
            return stripe == other.stripe || kind.isEverything() || other.kind.isEverything();
        }

        @Override
        public String toString() {
            return kind + " of loop " + loop + " in stripe " + stripe;
        }
    }

    /** Three loops, what is in flight, and the rules that hold at each step. */
    private static final class World {
        final RandomGenerator random;
        final String seed;
        final Deque<Runnable> messages = new ArrayDeque<>();
        final List<Handed> all = new ArrayList<>();
        final List<Handed> inFlight = new ArrayList<>();
        final List<Handed> held = new ArrayList<>();
        final List<WriteOrder> orders = new ArrayList<>();

        World(long seed) {
            this.random = new SplittableRandom(seed);
            this.seed = "seed " + seed;
            Stripes stripes = new Stripes(
                    (loop, stripe) -> messages.add(() -> orders.get(loop).granted(stripe)));
            for (int i = 0; i < LOOPS; i++) {
                orders.add(new WriteOrder(stripes, i, Thrown::on));
            }
        }

        void handIn(TurnKind kind, int loop, int stripe) {
            Handed handed = new Handed(kind, loop, stripe);
            all.add(handed);
            WriteOrder order = orders.get(loop);
            switch (kind) {
                case READ -> order.read(stripe, () -> begin(handed));
                case TOGETHER -> order.shared(stripe, () -> begin(handed));
                case ALONE -> order.exclusive(stripe, () -> begin(handed));
                case EVERYTHING -> order.global(() -> begin(handed));
                case EVERYTHING_BESIDES_HELD -> order.globalBesidesHeld(() -> begin(handed));
            }
        }

        void begin(Handed now) {
            assertThat(now.begun).as("%s: %s begins twice", seed, now).isFalse();
            now.begun = true;
            requireEarlierBegun(now);
            run(now);
        }

        private void run(Handed now) {
            requireNoneOvertaken(now);
            inFlight.forEach(other -> requireApart(now, other));
            if (now.kind == TurnKind.READ) {
                now.ended = true;
                return;
            }
            if (!now.kind.isEverything() && random.nextInt(6) == 0) {
                now.held = true;
                held.add(now);
                orders.get(now.loop).hold(now.stripe);
                return;
            }
            inFlight.add(now);
            if (random.nextInt(8) == 0) {
                end(now); // refused at once, while it begins
            }
        }

        /** Those on hold are of one loop and stripe at most one at a time, and nothing of that loop passes them. */
        private void requireNoneOvertaken(Handed now) {
            for (Handed waits : held) {
                boolean passes = now.kind == TurnKind.EVERYTHING_BESIDES_HELD;
                assertThat(waits.loop == now.loop && waits.meets(now) && !passes)
                        .as("%s: %s overtakes %s", seed, now, waits)
                        .isFalse();
            }
        }

        private void requireEarlierBegun(Handed now) {
            for (Handed earlier : all) {
                if (earlier == now) {
                    return;
                }
                boolean reads = earlier.kind == TurnKind.READ && now.kind == TurnKind.READ;
                boolean passed = now.kind == TurnKind.EVERYTHING_BESIDES_HELD && waitsBehindHeld(earlier);
                if (earlier.loop == now.loop && earlier.meets(now) && !reads && !passed) {
                    assertThat(earlier.begun)
                            .as("%s: %s before %s", seed, now, earlier)
                            .isTrue();
                }
            }
        }

        private boolean waitsBehindHeld(Handed one) {
            return held.stream().anyMatch(waits -> waits.loop == one.loop && waits.stripe == one.stripe);
        }

        private void requireApart(Handed now, Handed other) {
            boolean sent = other.kind == TurnKind.TOGETHER;
            boolean together = other.loop == now.loop && sent && now.kind == TurnKind.TOGETHER;
            boolean readElsewhere = now.kind == TurnKind.READ && (other.loop != now.loop || sent);
            assertThat(together || readElsewhere || !other.meets(now))
                    .as("%s: %s during %s", seed, now, other)
                    .isTrue();
        }

        void end(Handed one) {
            inFlight.remove(one);
            one.ended = true;
            if (one.kind.isEverything()) {
                orders.get(one.loop).globalEnded();
            } else {
                orders.get(one.loop).ended(one.stripe);
            }
        }

        void resumeOrGiveUp(Handed one) {
            held.remove(one);
            one.held = false;
            WriteOrder order = orders.get(one.loop);
            if (random.nextBoolean()) {
                order.resume(one.stripe, one.kind == TurnKind.ALONE, () -> run(one));
            } else {
                one.ended = true;
                order.giveUp(one.stripe);
            }
        }

        void step() {
            if (!messages.isEmpty() && random.nextInt(3) > 0) {
                messages.remove().run();
            } else if (!inFlight.isEmpty() && (held.isEmpty() || random.nextInt(3) > 0)) {
                end(inFlight.get(random.nextInt(inFlight.size())));
            } else if (!held.isEmpty()) {
                resumeOrGiveUp(held.get(random.nextInt(held.size())));
            }
        }

        boolean isAtRest() {
            return messages.isEmpty() && inFlight.isEmpty() && held.isEmpty();
        }

        void handInOne(int stripes) {
            int dice = random.nextInt(100);
            TurnKind kind = dice < 35
                    ? TurnKind.TOGETHER
                    : dice < 60
                            ? TurnKind.ALONE
                            : dice < 96
                                    ? TurnKind.READ
                                    : dice < 98 ? TurnKind.EVERYTHING : TurnKind.EVERYTHING_BESIDES_HELD;
            handIn(kind, random.nextInt(LOOPS), random.nextInt(stripes) * 1_000);
        }
    }

    @Test
    void writesOfAKeyAreInOneOrderHoweverLoopsInterleave() {
        for (long seed = 0; seed < 3_000; seed++) {
            World world = new World(seed);
            int stripes = 1 + world.random.nextInt(3);
            for (int i = 0; i < 40; i++) {
                world.handInOne(stripes);
                for (int steps = world.random.nextInt(4); steps > 0; steps--) {
                    world.step();
                }
            }
            for (int i = 0; i < 100_000 && !world.isAtRest(); i++) {
                world.step();
            }
            assertThat(world.all).as(world.seed).allMatch(handed -> handed.ended);
        }
    }
}
