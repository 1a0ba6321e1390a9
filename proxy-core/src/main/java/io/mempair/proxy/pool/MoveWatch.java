package io.mempair.proxy.pool;

import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.backend.WatchedRequest;
import io.mempair.proxy.rebalance.LateKeys;
import io.mempair.proxy.rebalance.SentWrites;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.route.MovePlan;
import java.util.List;

/** Notes the end of every write of one loop whose key is about to move to another server. Confined to its loop. */
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
        if (plan.targetOf(bytes, keyOffset, keyLength) == MovePlan.STAYS) {
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

    private boolean moves(Key key) {
        return plan.targetOf(key.bytes(), 0, key.bytes().length) != MovePlan.STAYS;
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
