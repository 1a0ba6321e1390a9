package io.mempair.proxy.refill;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.replication.ItemLifetime;
import io.mempair.proxy.replication.Key;

/**
 * Copies one item from one server to another, in three steps: add the mark of
 * {@link io.mempair.proxy.replication.RefillLease} at the target, read the item at the source, replace the mark by its
 * cas id. The order matters: any write or delete after the read removes that mark, so the copy is not stored. Where the
 * target's own item is to be replaced, that item's cas id takes the place of the mark's, and the item stays until then.
 *
 * <p>If the last step gets no reply, the copy may or may not be stored. Both are harmless: a stored copy equals the
 * source, and later writes update, delete or journal it like any other. The mark expires by itself. Confined to the
 * loop.
 */
public final class ItemCopy {

    /** Attempts to add the mark, when a mark of another copy, perhaps an abandoned one, is there. */
    private static final int MAX_LEASES = 2;

    /** The purpose of a copy. */
    public enum CopyReason {
        /** Refill of a missing item. No client waits for it, so it stops when this node steps down. */
        REPAIR,

        /** A client's request needs the item at the target. It continues while this node steps down. */
        FETCH,

        /**
         * A client's write has made the copies differ: the target's item is replaced. If that fails, the target has its
         * old item, or perhaps the new one if the target itself was lost; the caller decides which copy is right.
         * Continues like {@link #FETCH}.
         */
        OVERWRITE
    }

    /** The outcome of a copy. */
    public enum CopyOutcome {
        /** The target has stored the item. */
        COPIED,
        /** The target already had an item of that key. */
        PRESENT,
        /** Neither the source nor the target has an item. */
        ABSENT,
        /** Another write or delete of the key at the target came first. */
        BEATEN,
        /**
         * The target cannot store the item: its item size limit is lower than the source's, or its memory is full. It
         * has no item of that key. Another try would not help.
         */
        CANNOT,
        /** A server did not reply, replied unexpectedly, or was reconnected since the start. */
        FAILED
    }

    /** Receives the outcome, once, on the loop, possibly before {@link #start} returns. */
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

    /** Whether the target holds a mark of this copy, or may hold it, and held nothing before. */
    private boolean marked;

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
     * Starts a copy. No other write of the key may be in flight on this proxy until it ends.
     *
     * @param reason           its purpose
     * @param lifetimeSeconds  of the item, if the source does not report one
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
        if (!to.serves() || !from.serves() || sourceKey == null || targetKey == null) {
            listener.ended(CopyOutcome.FAILED);
            return;
        }
        CopySource source = CopySource.of(from, sourceKey);
        CopyTarget target = CopyTarget.of(to, targetKey);
        ItemCopy copy = new ItemCopy(loop, source, target, key, reason, lifetimeSeconds, listener);
        if (reason == CopyReason.OVERWRITE) {
            copy.look();
        } else {
            copy.lease();
        }
    }

    /** Whether the next step may be sent. For a client's request the connection checks the fence, as for any other. */
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
        marked = true;
        ask(() -> target.lease(new CopyTarget.LeaseListener() {
            @Override
            public void marked(long id) {
                read(id);
            }

            @Override
            public void taken(long id) {
                marked = false;
                look();
            }

            @Override
            public void empty() {
                marked = false;
                leaseAgain();
            }

            @Override
            public void cannot() {
                marked = false;
                end(CopyOutcome.CANNOT);
            }

            @Override
            public void failed() {
                fail();
            }
        }));
    }

    /** The target may hold an item, or the mark of another copy, perhaps an abandoned one. */
    private void look() {
        if (!mayGoOn()) {
            fail();
            return;
        }
        ask(() -> target.look(new CopyTarget.LeaseListener() {
            @Override
            public void marked(long id) {
                if (reason == CopyReason.OVERWRITE) {
                    read(id);
                } else {
                    takeAway(id, ItemCopy.this::leaseAgain);
                }
            }

            @Override
            public void taken(long id) {
                if (reason != CopyReason.OVERWRITE) {
                    end(CopyOutcome.PRESENT);
                } else if (id == 0) {
                    fail(); // started with -C, it has no cas ids to replace an item by
                } else {
                    read(id);
                }
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

    /** @param id  the cas id of the mark or the item that the target holds now */
    private void read(long id) {
        if (!mayGoOn()) {
            fail();
            return;
        }
        if (!source.serves()) {
            withdraw(id);
            return;
        }
        source.read(new ItemRead.ReadListener() {
            @Override
            public void found(ItemRead.StoredItem item, ByteRanges data) {
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
                withdraw(id);
            }
        });
    }

    /**
     * Stores the item. A stale item would become fresh at the target, so it counts as absent. So does the stub of an
     * item that a client is recaching: it would become a hit with an empty value.
     */
    private void offer(long id, ItemRead.StoredItem item, ByteRanges data) {
        long seconds = item.remainingSeconds() == ItemRead.UNKNOWN ? lifetimeSeconds : item.remainingSeconds();
        long exptime = ItemLifetime.exptime(seconds, target.state().clock().seconds(loop.nowNanos()));
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

    private void store(long id, ItemRead.StoredItem item, long exptime, ByteRanges data) {
        ask(() -> target.store(id, item, exptime, data, new CopyTarget.StepListener() {
            @Override
            public void done() {
                end(CopyOutcome.COPIED);
            }

            @Override
            public void refused() {
                end(CopyOutcome.BEATEN);
            }

            /** Depending on its version, a server that cannot store has deleted what it held or not. */
            @Override
            public void cannot() {
                if (source.serves()) {
                    takeAway(id, () -> end(CopyOutcome.CANNOT));
                } else {
                    withdraw(id);
                }
            }

            @Override
            public void failed() {
                withdraw(id);
            }
        }));
    }

    /** Fails, and leaves the target as it was before this copy. */
    private void withdraw(long id) {
        if (marked) {
            takeAway(id, this::fail);
        } else {
            fail();
        }
    }

    /** Deletes the mark or the item with that cas id. If that fails, a mark expires after a few seconds. */
    private void takeAway(long id, Runnable then) {
        if (!mayGoOn()) {
            fail();
            return;
        }
        ask(() -> target.takeAway(id, new CopyTarget.StepListener() {
            @Override
            public void done() {
                marked = false;
                then.run();
            }

            @Override
            public void refused() {
                done();
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

    private void fail() {
        if (marked && !ended) {
            target.state().replica().refill().markLeft(key);
        }
        end(CopyOutcome.FAILED);
    }

    /**
     * Sends a request to the target. If it cannot be written completely, the connection is closed and the copy fails.
     */
    private void ask(Runnable question) {
        try {
            question.run();
        } catch (RuntimeException | Error defect) {
            target.broken(defect);
            fail();
        }
    }

    /** Only the first call has an effect: an exception may end a copy that is already ending. */
    private void end(CopyOutcome outcome) {
        if (!ended) {
            ended = true;
            listener.ended(outcome);
        }
    }
}
