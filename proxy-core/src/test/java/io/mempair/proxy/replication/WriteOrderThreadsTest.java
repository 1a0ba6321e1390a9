package io.mempair.proxy.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.testkit.Thrown;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Loops on threads of their own, with pauses after any look at the stripes. {@code -Dmempair.order.seeds} says how many
 * runs, {@code -Dmempair.order.seed} which is the first; how threads interleave is not repeated by a seed, but nearly.
 */
class WriteOrderThreadsTest {

    private static final long FIRST_SEED = Long.getLong("mempair.order.seed", 1);
    private static final int SEEDS = Integer.getInteger("mempair.order.seeds", 100);
    private static final int LOOPS = 3;
    private static final int COMMANDS_OF_A_LOOP = 120;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Runnable LAST = () -> {};

    /** What may not be met by a write of another loop. */
    private static final class Stripe {
        private final AtomicInteger loop = new AtomicInteger(-1);
        private final AtomicInteger inFlight = new AtomicInteger();
    }

    /** One thread, its queue, and what it was handed. */
    private final class Loop implements Runnable {
        private final ThreadedWorld world;
        private final int number;
        private final SplittableRandom random;
        private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
        private final WriteOrder order;
        private final AtomicInteger handedIn = new AtomicInteger();
        private final AtomicInteger ended = new AtomicInteger();

        Loop(ThreadedWorld world, int number) {
            this.world = world;
            this.number = number;
            this.random = new SplittableRandom(world.seed * 31 + number);
            this.order = new WriteOrder(world.stripes, number, Thrown::on);
        }

        void execute(Runnable task) {
            world.pending.incrementAndGet();
            tasks.add(task);
        }

        @Override
        public void run() {
            try {
                for (Runnable task = tasks.take(); task != LAST; task = tasks.take()) {
                    try {
                        task.run();
                    } catch (RuntimeException | AssertionError e) {
                        world.failures.add(e);
                    }
                    if (world.pending.decrementAndGet() == 0) {
                        world.quiet.countDown();
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** In few stripes, so that loops meet; a loop goes on when it has handed in some. */
        void handIn(int left) {
            for (int i = random.nextInt(6); i >= 0; i--) {
                handInOne();
            }
            if (left > 0) {
                execute(() -> handIn(left - 1));
            }
        }

        private void handInOne() {
            handedIn.incrementAndGet();
            int stripe = random.nextInt(world.stripesUsed) * 1_000;
            int dice = random.nextInt(1_000);
            if (dice < 400) {
                order.exclusive(stripe, () -> begin(stripe, false));
            } else if (dice < 800) {
                order.shared(stripe, () -> begin(stripe, true));
            } else if (dice < 996) {
                order.read(stripe, ended::incrementAndGet);
            } else if (dice < 998) {
                order.global(this::beginEverything);
            } else {
                order.globalBesidesHeld(this::beginEverything);
            }
        }

        private void begin(int stripe, boolean together) {
            if (random.nextInt(20) == 0) {
                order.hold(stripe);
                later(() -> order.resume(stripe, !together, () -> begin(stripe, together)), random.nextInt(4));
                return;
            }
            Stripe met = world.used[stripe / 1_000];
            int others = met.inFlight.getAndIncrement();
            int before = met.loop.getAndSet(number);
            assertThat(others == 0 || (together && before == number))
                    .as(
                            "seed %d: a write of loop %d in stripe %d during one of loop %d",
                            world.seed, number, stripe, before)
                    .isTrue();
            endSoon(
                    () -> {
                        met.inFlight.decrementAndGet();
                        order.ended(stripe);
                    },
                    random.nextInt(4));
        }

        private void beginEverything() {
            for (Stripe stripe : world.used) {
                assertThat(stripe.inFlight.getAndIncrement())
                        .as("seed %d: writes in flight while loop %d holds up everything", world.seed, number)
                        .isZero();
            }
            endSoon(
                    () -> {
                        for (Stripe stripe : world.used) {
                            stripe.inFlight.decrementAndGet();
                        }
                        order.globalEnded();
                    },
                    random.nextInt(4));
        }

        private void endSoon(Runnable end, int turns) {
            later(
                    () -> {
                        ended.incrementAndGet();
                        end.run();
                    },
                    turns);
        }

        /** At once, or some turns of the loop later. */
        private void later(Runnable task, int turns) {
            if (turns > 0) {
                execute(() -> later(task, turns - 1));
            } else {
                task.run();
            }
        }
    }

    /** Some loops and what they share. */
    private final class ThreadedWorld {
        private final long seed;
        private final Stripes stripes;
        private final int stripesUsed;
        private final Stripe[] used;
        private final List<Loop> loops = new ArrayList<>();
        private final AtomicInteger pending = new AtomicInteger();
        private final CountDownLatch quiet = new CountDownLatch(1);
        private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

        ThreadedWorld(long seed) {
            this.seed = seed;
            this.stripes = new PausedStripes(
                    (loop, stripe) ->
                            loops.get(loop).execute(() -> loops.get(loop).order.granted(stripe)),
                    seed);
            this.stripesUsed = 1 + new SplittableRandom(seed).nextInt(3);
            this.used = new Stripe[stripesUsed];
            for (int i = 0; i < stripesUsed; i++) {
                used[i] = new Stripe();
            }
            for (int i = 0; i < LOOPS; i++) {
                loops.add(new Loop(this, i));
            }
        }

        /** Nothing is queued and nothing runs: what has not ended by then never will. */
        void runUntilQuiet() throws InterruptedException {
            pending.incrementAndGet();
            loops.forEach(loop -> loop.execute(() -> loop.handIn(COMMANDS_OF_A_LOOP / 4)));
            List<Thread> threads = new ArrayList<>();
            for (Loop loop : loops) {
                Thread thread = new Thread(loop, "loop " + loop.number);
                thread.setDaemon(true);
                thread.start();
                threads.add(thread);
            }
            if (pending.decrementAndGet() == 0) {
                quiet.countDown();
            }
            boolean allQuiet = quiet.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            loops.forEach(loop -> loop.tasks.add(LAST));
            for (Thread thread : threads) {
                thread.join(PATIENCE.toMillis());
            }
            assertThat(allQuiet)
                    .as("seed %d: all loops at rest in %s", seed, PATIENCE)
                    .isTrue();
            assertThat(failures).as("seed %d", seed).isEmpty();
        }

        String state() {
            StringBuilder text = new StringBuilder("seed " + seed);
            for (Loop loop : loops) {
                text.append("\nloop ").append(loop.number).append(": ").append(loop.order.describe());
            }
            return text.toString();
        }
    }

    @Test
    void everyCommandComesToItsEndWhenLoopsPauseBetweenTheirSteps() throws Exception {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            ThreadedWorld world = new ThreadedWorld(seed);
            world.runUntilQuiet();
            for (Loop loop : world.loops) {
                assertThat(loop.ended.get())
                        .as("commands of loop %d that ended; %s", loop.number, world.state())
                        .isEqualTo(loop.handedIn.get());
                assertThat(loop.order.describe())
                        .as("what loop %d keeps when all is over; %s", loop.number, world.state())
                        .doesNotContain("stripe ");
            }
        }
    }
}
