package io.mempair.proxy.pool;

import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.backend.WatchedRequest;
import io.mempair.proxy.rebalance.LateKeys;
import io.mempair.proxy.rebalance.SentWrites;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.route.MovePlan;
import java.util.List;

/** Notes the end of every write of one loop whose key, or second copy, is about to move to another server. Confined to its loop. */
public final class MoveWatch {

    private final MovePlan plan;
    private final LateKeys late;
    private final SentWrites sent;

    /**
     * @param plan  of this loop
     * @param late  receives the keys; shared by the loops
     * @param sent  counts every write; shared by the loops
     */
    public MoveWatch(MovePlan plan, LateKeys late, SentWrites sent) {
        this.plan = plan;
        this.late = late;
        this.sent = sent;
    }

    /** {@code request}, if the key stays; else a request that notes the key before {@code request} learns of its end. */
    public ServerRequest watched(ServerRequest request, byte[] bytes, int keyOffset, int keyLength) {
        sent.sending(plan.ownerOf(bytes, keyOffset, keyLength));
        if (!plan.moves(bytes, keyOffset, keyLength)) {
            return request;
        }
        Key key = Key.of(bytes, keyOffset, keyLength);
        return new WatchedRequest(request, answered -> note(key, answered));
    }

    /** As {@link #watched(ServerRequest, byte[], int, int)}, for a request that writes all these keys. */
    public ServerRequest watched(ServerRequest request, List<Key> keys) {
        keys.forEach(key -> sent.sending(plan.ownerOf(key.bytes(), 0, key.bytes().length)));
        return new WatchedRequest(
                request, answered -> keys.stream().filter(this::moves).forEach(key -> note(key, answered)));
    }

    /**
     * A write to both copies of the key has ended. One whose fate is unknown at a server takes that server out until it can carry it
     * out no more, so nothing is copied from there before.
     */
    public void ended(Key key) {
        if (moves(key)) {
            late.written(key);
        }
    }

    private boolean moves(Key key) {
        return plan.moves(key.bytes(), 0, key.bytes().length);
    }

    private void note(Key key, boolean answered) {
        if (answered) {
            late.written(key);
        } else {
            late.unanswered(key);
        }
    }

    /** Every server is being flushed, or was: what was copied so far counts for nothing. */
    public void flushed(long nowNanos) {
        late.flushed(nowNanos);
    }
}
