package io.mempair.proxy.command;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.copies.LastCopyWait;
import io.mempair.proxy.copies.ReplicatedGet;
import io.mempair.proxy.copies.ReplicatedReadContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.pool.MoveWatch;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.Tier;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.Stripes;
import io.mempair.proxy.reply.ReplyReorderBuffer;
import io.mempair.proxy.reply.ReplySlot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of keys of a {@link MultiGet}: one request per server, sent in parallel, answered in request order.
 * A key is looked up at the other tier, once, if its server does not serve, fails, or misses while refilling.
 *
 * <p>A key that must wait for earlier writes is requested separately after them; the other keys do not wait.
 */
final class MultiGetPart implements MultiGet.Part {

    /** Estimated heap of one key, in bytes. */
    private static final int KEY_HEAP_BYTES = 40;

    private final byte[] head;
    private final KeyList keys;
    private final ReplicatedReadContext reads;
    private final Pool pool;
    private final ReplySlot slot;
    private final ReplyReorderBuffer order;
    private final int heapBytes;
    private final List<MultiGetFragment> fragments = new ArrayList<>();
    private final boolean changesIds;

    /** Requests in flight, plus keys that wait for writes, plus one while {@link #send} runs. */
    private int inFlight;

    private ServerFailure failure = ServerFailure.UNAVAILABLE;

    /** Until when keys wait for their last copy; set when the first one does. */
    private long waitsUntilNanos;

    private boolean waits;
    private @Nullable MultiGet whole;

    MultiGetPart(byte[] head, KeyList keys, ReplicatedReadContext reads, Pool pool, ReplySlot slot) {
        this.head = head;
        this.keys = keys;
        this.reads = reads;
        this.pool = pool;
        this.slot = slot;
        this.order = new ReplyReorderBuffer(keys.size(), slot);
        this.heapBytes = keys.heapBytes(KEY_HEAP_BYTES);
        this.changesIds = ReplicatedGet.givesIds(head) && (pool.backups() != null || reads.tagsIdsOfOneCopy());
    }

    @Override
    public void send(MultiGet parent) {
        whole = parent;
        slot.whenDiscarded(this::forget);
        slot.account().addHeap(heapBytes);
        int[] ready = new int[keys.size()];
        int count = 0;
        inFlight = 1;
        for (int key = 0; key < ready.length; key++) {
            if (pool.backups() == null || !mustWait(key)) {
                ready[count++] = key;
            }
        }
        ask(pool.primaries(), ready, count, pool.backups(), false);
        ended();
    }

    private boolean mustWait(int key) {
        int stripe = Stripes.of(keys.bytes(), keys.start(key), keys.length(key));
        if (!reads.order().mustWait(stripe)) {
            return false;
        }
        inFlight++;
        reads.order().read(stripe, () -> {
            ask(pool.primaries(), new int[] {key}, 1, pool.backups(), false);
            ended();
        });
        return true;
    }

    /** Sends one request to each server of {@code tier} that owns any of the keys. */
    private void ask(Tier tier, int[] wanted, int count, @Nullable Tier fallback, boolean lookup) {
        MultiGetFragment[] byServer = new MultiGetFragment[tier.size()];
        int[] unsent = new int[count];
        int unsentCount = 0;
        for (int i = 0; i < count; i++) {
            int key = wanted[i];
            int index = tier.serverOf(keys.bytes(), keys.start(key), keys.length(key));
            ServerConnection server = tier.server(index);
            if (!server.serves()) {
                unsent[unsentCount++] = key;
                continue;
            }
            if (byServer[index] == null) {
                byServer[index] = new MultiGetFragment(this, head, server, fallback, lookup, count - i);
            }
            byServer[index].add(key);
        }
        for (MultiGetFragment fragment : byServer) {
            if (fragment != null) {
                inFlight++;
                fragments.add(fragment);
                fragment.send();
            }
        }
        if (tier == pool.backups()) {
            reads.counters().count(ProxyMeter.READS_FROM_BACKUP, count - unsentCount);
        }
        askAgain(unsent, unsentCount, fallback, lookup);
    }

    /**
     * Asks the other tier for unanswered keys. Without another tier a key has failed, unless a server has already
     * missed it.
     */
    private void askAgain(int[] unanswered, int count, @Nullable Tier fallback, boolean lookup) {
        if (count > 0 && fallback != null) {
            ask(fallback, unanswered, count, null, lookup);
            return;
        }
        for (int i = 0; i < count; i++) {
            if (lookup) {
                if (!waitsForLastCopy(unanswered[i], ownerOf(unanswered[i], pool.primaries()))) {
                    order.miss(unanswered[i]);
                }
            } else {
                order.failed(unanswered[i]);
            }
        }
    }

    /**
     * If the key may be on the other server, which did not reply, while {@code lacking}, which was refilling when it was
     * asked, has not got it: asks for it again when that server serves. A failure if that takes too long; if it is given
     * up, the miss counts.
     *
     * @return whether the key waits
     */
    boolean waitsForLastCopy(int key, ServerConnection lacking) {
        Tier backups = pool.backups();
        if (backups == null) {
            return false;
        }
        ServerConnection primary = ownerOf(key, pool.primaries());
        ServerConnection other = lacking == primary ? ownerOf(key, backups) : primary;
        if (other.state().replica().isLost()) {
            return false;
        }
        if (!waits) {
            waits = true;
            waitsUntilNanos = reads.loop().nowNanos() + reads.lastCopyWaitNanos();
        }
        inFlight++;
        Runnable again = () -> {
            ask(pool.primaries(), new int[] {key}, 1, backups, false);
            ended();
        };
        Runnable late = () -> {
            failure = ServerFailure.TIMED_OUT;
            order.failed(key);
            ended();
        };
        LastCopyWait.begin(reads.loop(), other, waitsUntilNanos, again, late);
        return true;
    }

    /** The request to send for this fragment: with one copy, one that notes that its keys are touched, if they are. */
    ServerRequest watched(MultiGetFragment fragment, int[] asked, int count) {
        MoveWatch moves = pool.moves();
        if (moves == null || command() != TimedCommand.TOUCH) {
            return fragment;
        }
        return moves.watched(
                fragment, Arrays.stream(asked, 0, count).mapToObj(this::key).toList());
    }

    KeyList keys() {
        return keys;
    }

    ReplyReorderBuffer order() {
        return order;
    }

    ReplySlot slot() {
        return slot;
    }

    TimedCommand command() {
        return TimedCommand.ofRetrieval(head);
    }

    boolean hasTwoCopies() {
        return pool.backups() != null;
    }

    /** Whether the reply contains cas ids, which must be mapped to ids of the proxy. */
    boolean changesIds() {
        return changesIds;
    }

    /** Maps a cas id of that server to the id clients see. */
    LongUnaryOperator idsOf(ServerConnection server) {
        return reads.idsOf(server);
    }

    ServerConnection ownerOf(int key, Tier tier) {
        return tier.ownerOf(keys.bytes(), keys.start(key), keys.length(key));
    }

    private Key key(int key) {
        return Key.of(keys.bytes(), keys.start(key), keys.length(key));
    }

    /** {@code server} has the key. {@code lookup}: its primary missed it. */
    void found(int key, ServerConnection server, boolean lookup) {
        Tier backups = pool.backups();
        if (lookup) {
            reads.lookedUp(true, key(key), ownerOf(key, pool.primaries()), server);
        } else if (backups != null && ReplicatedReadContext.areRefilling(backups)) {
            ServerConnection backup = ownerOf(key, backups);
            if (backup != server && ReplicatedReadContext.isRefilling(backup)) {
                reads.mayLack(key(key), server, backup);
            }
        }
    }

    /** {@code server} missed the key, as the second one if {@code lookup}; no other server needs to be asked. */
    void missed(int key, ServerConnection server, boolean lookup) {
        order.miss(key);
        if (lookup) {
            reads.lookedUp(false, key(key), ownerOf(key, pool.primaries()), server);
        }
    }

    /** A server's reply is complete; {@code lacking} are keys to look up at the other tier. */
    void fragmentEnded(int[] lacking) {
        Tier backups = pool.backups();
        if (lacking.length > 0 && backups != null) {
            ask(backups, lacking, lacking.length, null, true);
        }
        ended();
    }

    private void ended() {
        inFlight--;
        order.passOn();
        if (inFlight == 0) {
            finish();
        }
    }

    /** A server did not reply for these keys. {@code brokenOff}: a value was partly forwarded. */
    void fragmentFailed(
            ServerFailure reason, int[] unanswered, @Nullable Tier fallback, boolean lookup, boolean brokenOff) {
        failure = reason;
        if (brokenOff) {
            slot.fail(TextReplies.ERROR);
        }
        askAgain(unanswered, unanswered.length, fallback, lookup);
    }

    /** The client has disconnected. */
    private void forget() {
        order.forget();
        fragments.forEach(MultiGetFragment::release);
    }

    private void finish() {
        slot.account().addHeap(-heapBytes);
        fragments.forEach(MultiGetFragment::release);
        slot.complete();
        if (whole != null) {
            whole.partDone(order.hits(), order.misses(), order.failures(), failure);
        }
    }
}
