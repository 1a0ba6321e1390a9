package io.mempair.proxy.replication;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Stripes that let other loops go on between any two steps of one: after many a look, take and give the thread waits until
 * others have made some steps, for a short time at most, since they may have none to make. What is drawn comes from a seed.
 */
public final class PausedStripes extends Stripes {

    /** One step in so many is followed by a pause. */
    private static final int PAUSE_ONE_IN = 4;

    private static final int MOST_STEPS_OF_OTHERS = 6;
    private static final int MOST_WAITS = 10;
    private static final long WAIT_NANOS = 5_000;

    /** What one thread draws, and where it was last. */
    private static final class Walk {
        private final SplittableRandom random;
        private int lastStripe = -1;
        private boolean sweeps;

        Walk(long seed) {
            random = new SplittableRandom(seed);
        }
    }

    private final AtomicLong steps = new AtomicLong();
    private final AtomicLong threads = new AtomicLong();
    private final ThreadLocal<Walk> walk;

    /** @param seed  of the pauses; the n-th thread that comes draws from a sequence of its own */
    public PausedStripes(Granter granter, long seed) {
        super(granter);
        this.walk = ThreadLocal.withInitial(() -> new Walk(seed * 1_000 + threads.incrementAndGet()));
    }

    @Override
    boolean take(int stripe, int loop) {
        pause(stripe);
        boolean taken = super.take(stripe, loop);
        pause(stripe);
        return taken;
    }

    @Override
    boolean isWanted(int stripe) {
        boolean wanted = super.isWanted(stripe);
        pause(stripe);
        return wanted;
    }

    @Override
    void give(int stripe, int loop) {
        pause(stripe);
        super.give(stripe, loop);
        pause(stripe);
    }

    /** Not between one stripe and the next: who takes all would take minutes. */
    private void pause(int stripe) {
        Walk mine = walk.get();
        mine.sweeps = stripe == mine.lastStripe + 1 || (mine.sweeps && stripe == mine.lastStripe);
        mine.lastStripe = stripe;
        long now = steps.incrementAndGet();
        if (mine.sweeps || mine.random.nextInt(PAUSE_ONE_IN) > 0) {
            return;
        }
        long until = now + 1 + mine.random.nextInt(MOST_STEPS_OF_OTHERS);
        for (int waits = mine.random.nextInt(MOST_WAITS); waits > 0 && steps.get() < until; waits--) {
            LockSupport.parkNanos(WAIT_NANOS);
        }
    }
}
