package io.mempair.ha.address;

import io.mempair.ha.time.Clock;
import io.mempair.ha.time.Timers;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An address that only the operator's hooks claim and release, for example through a cloud API. It is not read back:
 * exit code 0 of the claim hook means that it is here, exit code 0 of the release hook that it is not. It counts as
 * held from before a claim hook until a release hook succeeds, and also before the first successful release hook; a
 * failed release is retried with each {@link AddressListener#observed}. The guard's fences do not apply: when this
 * process dies, nobody releases the address.
 */
public final class HookHeldAddress implements VirtualAddress {

    private static final Logger LOG = LoggerFactory.getLogger(HookHeldAddress.class);
    private static final Duration OBSERVE = Duration.ofSeconds(1);
    private static final Duration LOOK_AT_LEASE = Duration.ofMillis(50);

    private final Hooks hooks;
    private final Clock clock;
    private final HookThread thread = new HookThread("mempair-hooks");
    private final Timers timers = new Timers("mempair-address-timer");

    /** Guarded by this, as all below: counts the releases, so that work of an earlier claim is recognised as stale. */
    private long turn;

    private boolean held = true;
    private boolean claimWanted;
    private boolean releasing;
    private long releaseEpoch;
    private @Nullable Future<?> claiming;
    private volatile long leaseUntilNanos;
    private volatile @Nullable AddressListener listener;

    public HookHeldAddress(Hooks hooks, Clock clock) {
        this.hooks = hooks;
        this.clock = clock;
        this.leaseUntilNanos = clock.nanoTime();
    }

    @Override
    public void start(AddressListener to) {
        listener = to;
        release(0);
        timers.every(OBSERVE, () -> to.observed(isHeld()));
        timers.every(LOOK_AT_LEASE, this::lookAtLease);
    }

    private synchronized boolean isHeld() {
        return held;
    }

    /** Releases if the lease has expired: the agent is stuck, or the node was paused. */
    private void lookAtLease() {
        synchronized (this) {
            if (!claimWanted || leaseUntilNanos - clock.nanoTime() > 0) {
                return;
            }
            release(0);
        }
        tell().lost("the lease ended");
    }

    @Override
    public void lease(long untilNanos) {
        leaseUntilNanos = untilNanos;
    }

    @Override
    public synchronized void claim(long epoch, @Nullable String fence, boolean unhurried) {
        if (claiming != null && !claiming.isDone()) {
            return; // a claim is in progress
        }
        claimWanted = true;
        long now = turn;
        claiming = thread.submit(() -> carryOutClaim(now, epoch, fence));
    }

    private void carryOutClaim(long begun, long epoch, @Nullable String fence) {
        String problem = fence == null ? null : hooks.fence(epoch, fence);
        if (problem == null) {
            synchronized (this) {
                if (turn != begun) {
                    return;
                }
                held = true;
            }
            problem = hooks.claim(epoch);
        }
        synchronized (this) {
            if (turn != begun) {
                return;
            }
        }
        if (problem == null) {
            tell().claimed(epoch);
        } else {
            tell().failed(epoch, problem);
        }
    }

    /** Does nothing: hooks announce what they claim. */
    @Override
    public void announce() {}

    @Override
    public synchronized void release(long epoch) {
        turn++;
        claimWanted = false;
        if (claiming != null) {
            claiming.cancel(true);
        }
        releaseEpoch = epoch;
        if (!releasing) {
            releasing = true;
            thread.submit(this::carryOutRelease);
        }
    }

    private void carryOutRelease() {
        String problem = hooks.release(releaseEpochNow());
        long told;
        synchronized (this) {
            releasing = false;
            told = releaseEpoch;
            if (problem == null && !claimWanted) {
                held = false;
            }
        }
        if (problem == null) {
            tell().released(told);
        } else {
            LOG.atError()
                    .addKeyValue("reason", problem)
                    .log("the address may still be on this host: {}; retrying event=address_left", problem);
        }
    }

    private synchronized long releaseEpochNow() {
        return releaseEpoch;
    }

    private AddressListener tell() {
        AddressListener to = listener;
        if (to == null) {
            throw new AssertionError("not started");
        }
        return to;
    }

    @Override
    public void close() {
        timers.close();
        synchronized (this) {
            if (held) {
                release(0);
            }
        }
        thread.close();
    }
}
