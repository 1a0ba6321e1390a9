package io.mempair.proxy.refill;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.replication.ItemLifetime;
import io.mempair.proxy.replication.Key;

/**
 * Copies one item from one server to another: first the mark of {@link io.mempair.proxy.replication.RefillLease} at the
 * target, then the item is read, then it is put in place of the mark by the mark's id. In this order, and only so, a write or
 * delete that anybody makes after the item was read leaves no mark with that id, and the copy is not stored.
 *
 * <p>A copy that ends without an answer to its last step may or may not have been stored. Neither does harm: what is stored
 * is what the source has, and if that changes the target's copy is written, deleted or journaled as any other. The mark
 * disappears by itself. Confined to the loop.
 */
public final class ItemCopy {

    /** How often a mark is tried, when that of somebody else, perhaps long gone, is in the way. */
    private static final int MAX_LEASES = 2;

    /** What it is for. */
    public enum CopyReason {
        /** The target lacks the item. Nobody waits for it, so it stops when this proxy steps down. */
        REPAIR,

        /** A request of a client needs the item at the target; it is brought to its end while this proxy steps down. */
        FETCH,

        /**
         * A write of a client has made the target's copy differ: that is deleted first. If it cannot be, or the target is lost
         * on the way, its replica says that it missed the key. If another server fails on the way the target has no item of it.
         * Brought to its end as {@link #FETCH}.
         */
        OVERWRITE
    }

    /** How it ended. */
    public enum CopyOutcome {
        /** The target has the item. */
        COPIED,
        /** The target had an item of that key already. */
        PRESENT,
        /** The source has none; nor has the target. */
        ABSENT,
        /** Somebody else wrote or deleted the key at the target meanwhile. */
        BEATEN,
        /**
         * The target has no item of that key and says that it cannot take this one: it is smaller than the source, or full.
         * Trying again would not help.
         */
        CANNOT,
        /** A server gave no answer, or none that helps. */
        FAILED
    }

    /** Who waits for the end; told once, on the loop, perhaps before {@link #start} returns. */
    public interface CopyListener {
        void ended(CopyOutcome outcome);
    }

    private final LoopContext loop;
    private final CopySource source;
    private final CopyTarget target;
    private final Key key;
    private final CopyReason reason;
    private final int lifetimeSeconds;
    private final CopyListener listener;
    private int leases;
    private boolean ended;

    private ItemCopy(
            LoopContext loop,
            CopySource source,
            CopyTarget target,
            Key key,
            CopyReason reason,
            int lifetimeSeconds,
            CopyListener listener) {
        this.loop = loop;
        this.source = source;
        this.target = target;
        this.key = key;
        this.reason = reason;
        this.lifetimeSeconds = lifetimeSeconds;
        this.listener = listener;
    }

    /**
     * Begins. No other write of the key may be in flight on this proxy until it has ended.
     *
     * @param reason           what it is for
     * @param lifetimeSeconds  of the item, if the source cannot say
     */
    public static void start(
            LoopContext loop,
            ServerConnection from,
            ServerConnection to,
            Key key,
            CopyReason reason,
            int lifetimeSeconds,
            CopyListener listener) {
        KeyToken sourceKey = KeyToken.of(key, from.speaksMeta());
        KeyToken targetKey = KeyToken.of(key, to.speaksMeta());
        boolean overwrite = reason == CopyReason.OVERWRITE;
        if (!to.serves() || sourceKey == null || targetKey == null || (!overwrite && !from.serves())) {
            if (overwrite) {
                to.state().replica().missed(key);
            }
            listener.ended(CopyOutcome.FAILED);
            return;
        }
        CopySource source = new CopySource(from, sourceKey);
        CopyTarget target = CopyTarget.of(to, targetKey);
        ItemCopy copy = new ItemCopy(loop, source, target, key, reason, lifetimeSeconds, listener);
        if (overwrite) {
            copy.delete();
        } else {
            copy.lease();
        }
    }

    private void delete() {
        ask(() -> target.delete(new CopyTarget.StepListener() {
            @Override
            public void done() {
                lease();
            }

            @Override
            public void refused() {
                failed();
            }

            @Override
            public void cannot() {
                failed();
            }

            @Override
            public void failed() {
                target.state().replica().missed(key);
                end(CopyOutcome.FAILED);
            }
        }));
    }

    /** Whether the next step may be taken. What a client waits for is asked about when it leaves, as any request. */
    private boolean mayGoOn() {
        return target.connected() && maySend();
    }

    private boolean maySend() {
        return reason != CopyReason.REPAIR || loop.mayRepair();
    }

    private void lease() {
        if (!mayGoOn()) {
            fail();
            return;
        }
        leases++;
        ask(() -> target.lease(new CopyTarget.LeaseListener() {
            @Override
            public void marked(long id) {
                read(id);
            }

            @Override
            public void taken() {
                look();
            }

            @Override
            public void empty() {
                leaseAgain();
            }

            @Override
            public void cannot() {
                end(CopyOutcome.CANNOT);
            }

            @Override
            public void failed() {
                fail();
            }
        }));
    }

    /** Something is in the way: an item, or the mark of one who may be gone. */
    private void look() {
        if (!mayGoOn()) {
            fail();
            return;
        }
        ask(() -> target.look(new CopyTarget.LeaseListener() {
            @Override
            public void marked(long id) {
                takeAway(id, ItemCopy.this::leaseAgain);
            }

            @Override
            public void taken() {
                end(CopyOutcome.PRESENT);
            }

            @Override
            public void empty() {
                leaseAgain();
            }

            @Override
            public void cannot() {
                fail();
            }

            @Override
            public void failed() {
                fail();
            }
        }));
    }

    private void leaseAgain() {
        if (leases < MAX_LEASES) {
            lease();
        } else {
            end(CopyOutcome.BEATEN);
        }
    }

    private void read(long id) {
        if (!mayGoOn()) {
            fail();
            return;
        }
        if (!source.serves()) {
            takeAway(id, this::fail);
            return;
        }
        source.read(new ItemRead.ReadListener() {
            @Override
            public void found(ItemRead.Item item, ByteRanges data) {
                try {
                    offer(id, item, data);
                } finally {
                    data.release();
                }
            }

            @Override
            public void absent() {
                takeAway(id, () -> end(CopyOutcome.ABSENT));
            }

            @Override
            public void failed() {
                takeAway(id, ItemCopy.this::fail);
            }
        });
    }

    /**
     * An item somebody marked as stale would be fresh at the target, so it counts as none; so does one that only keeps the place of
     * an item that a client is making, which would be a hit with nothing in it.
     */
    private void offer(long id, ItemRead.Item item, ByteRanges data) {
        long seconds = item.remainingSeconds() == ItemRead.UNKNOWN ? lifetimeSeconds : item.remainingSeconds();
        long exptime = ItemLifetime.exptime(seconds, target.state().clockSeconds(loop.nowNanos()));
        loop.sawId(item.id());
        if (item.rightTaken() && maySend()) {
            source.giveBackRight(item);
        }
        if (item.stale() || item.isStub() || item.isLease() || exptime == ItemLifetime.OVER) {
            takeAway(id, () -> end(CopyOutcome.ABSENT));
        } else if (mayGoOn()) {
            store(id, item, exptime, data);
        } else {
            fail();
        }
    }

    private void store(long id, ItemRead.Item item, long exptime, ByteRanges data) {
        ask(() -> target.store(id, item, exptime, data, new CopyTarget.StepListener() {
            @Override
            public void done() {
                end(CopyOutcome.COPIED);
            }

            @Override
            public void refused() {
                end(CopyOutcome.BEATEN);
            }

            /** A server that could not store deleted the mark itself, or not: it depends on its version. */
            @Override
            public void cannot() {
                takeAway(id, () -> end(CopyOutcome.CANNOT));
            }

            @Override
            public void failed() {
                takeAway(id, ItemCopy.this::fail);
            }
        }));
    }

    /** If that fails too the mark stays, for a few seconds. */
    private void takeAway(long id, Runnable then) {
        if (!mayGoOn()) {
            fail();
            return;
        }
        ask(() -> target.takeAway(id, new CopyTarget.StepListener() {
            @Override
            public void done() {
                then.run();
            }

            @Override
            public void refused() {
                then.run();
            }

            @Override
            public void cannot() {
                fail();
            }

            @Override
            public void failed() {
                fail();
            }
        }));
    }

    /** A target that was lost holds neither the old item nor, for all we know, the new one: its replica brings it back. */
    private void fail() {
        if (reason == CopyReason.OVERWRITE && !target.connected()) {
            target.state().replica().missed(key);
        }
        end(CopyOutcome.FAILED);
    }

    /** A question to the target: if it cannot be written whole, the target is lost, and the copy has failed. */
    private void ask(Runnable question) {
        try {
            question.run();
        } catch (RuntimeException | Error defect) {
            target.broken(defect);
            fail();
        }
    }

    /** Only the first end counts: a fault may end what was about to end. */
    private void end(CopyOutcome outcome) {
        if (!ended) {
            ended = true;
            listener.ended(outcome);
        }
    }
}
