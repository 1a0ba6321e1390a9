package io.mempair.ha.address;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An address held by another {@link VirtualAddress}, the guard, with the operator's hooks after it. The fence hook runs
 * before the guard claims; the claim succeeds when the guard and then the hook have succeeded; the guard releases
 * independently of the hooks. Hooks run on their own thread, and a release ends the hook of a claim.
 */
public final class HookedAddress implements VirtualAddress {

    private static final Logger LOG = LoggerFactory.getLogger(HookedAddress.class);

    private final VirtualAddress guard;
    private final Hooks hooks;
    private final HookThread thread = new HookThread("mempair-hooks");

    /**
     * Guarded by this, as all below: counts releases and losses, so that work of an earlier claim is recognised as
     * stale.
     */
    private long turn;

    private boolean claimed;
    private long fencedEpoch;
    private @Nullable Future<?> claiming;
    private volatile @Nullable AddressListener listener;

    /** It owns {@code guard} and closes it. */
    public HookedAddress(VirtualAddress guard, Hooks hooks) {
        this.guard = guard;
        this.hooks = hooks;
    }

    @Override
    public void start(AddressListener to) {
        listener = to;
        guard.start(new Following(to));
    }

    @Override
    public void lease(long untilNanos) {
        guard.lease(untilNanos);
    }

    @Override
    public synchronized void claim(long epoch, @Nullable String fence, boolean unhurried) {
        if (claiming != null && !claiming.isDone()) {
            return; // a claim is in progress
        }
        if (fence == null || !hooks.canFence() || fencedEpoch == epoch) {
            guard.claim(epoch, fence, unhurried);
            return;
        }
        long now = turn;
        claiming = thread.submit(() -> fence(now, epoch, fence, unhurried));
    }

    private void fence(long begun, long epoch, String peer, boolean unhurried) {
        String problem = hooks.fence(epoch, peer);
        synchronized (this) {
            if (turn != begun) {
                return;
            }
            if (problem == null) {
                LOG.atInfo().addKeyValue("peer", peer).log("{} is fenced event=peer_fenced", peer);
                fencedEpoch = epoch;
                guard.claim(epoch, peer, unhurried);
                return;
            }
        }
        tellFailed(epoch, problem);
    }

    private void tellFailed(long epoch, String problem) {
        AddressListener to = listener;
        if (to != null) {
            to.failed(epoch, problem);
        }
    }

    @Override
    public void announce() {
        guard.announce();
    }

    @Override
    public synchronized void release(long epoch) {
        turn++;
        cancelClaim();
        guard.release(epoch);
    }

    @Override
    public void hold(Duration longest) {
        guard.hold(longest);
    }

    @Override
    public @Nullable List<String> problems() {
        return guard.problems();
    }

    @Override
    public List<String> warnings() {
        return guard.warnings();
    }

    private void cancelClaim() {
        if (claiming != null) {
            claiming.cancel(true);
        }
    }

    @Override
    public void close() {
        guard.close();
        synchronized (this) {
            turn++;
            cancelClaim();
            if (claimed) {
                thread.submit(() -> hooks.release(0));
            }
        }
        thread.close();
    }

    /** Forwards the guard's events, with the hooks in between. */
    private final class Following implements AddressListener {
        private final AddressListener to;

        Following(AddressListener to) {
            this.to = to;
        }

        @Override
        public void claimed(long epoch) {
            if (!hooks.canClaim()) {
                to.claimed(epoch);
                return;
            }
            synchronized (HookedAddress.this) {
                long now = turn;
                claimed = true;
                claiming = thread.submit(() -> follow(now, epoch));
            }
        }

        private void follow(long begun, long epoch) {
            String problem = hooks.claim(epoch);
            synchronized (HookedAddress.this) {
                if (turn != begun) {
                    return;
                }
            }
            if (problem == null) {
                to.claimed(epoch);
            } else {
                to.failed(epoch, problem);
            }
        }

        @Override
        public void failed(long epoch, String why) {
            to.failed(epoch, why);
        }

        /** Reports immediately, because the peer waits for it; the hook runs afterwards. */
        @Override
        public void released(long epoch) {
            to.released(epoch);
            synchronized (HookedAddress.this) {
                claimed = false;
                if (hooks.canRelease()) {
                    thread.submit(() -> hooks.release(epoch));
                }
            }
        }

        @Override
        public void lost(String why) {
            synchronized (HookedAddress.this) {
                turn++; // a hook of the lost claim must not make it succeed
                cancelClaim();
            }
            to.lost(why);
        }

        @Override
        public void observed(boolean held) {
            to.observed(held);
        }
    }
}
