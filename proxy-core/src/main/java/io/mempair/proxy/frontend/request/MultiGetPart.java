package io.mempair.proxy.frontend.request;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.frontend.reply.ReplySlot;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.Tier;
import io.mempair.proxy.protocol.text.TextReplies;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of keys of a {@link MultiGet}: one request a server, sent in parallel, answered in the order
 * asked. A key whose server fails is asked for at the other tier, once.
 */
final class MultiGetPart {

    private final byte[] head;
    private final KeyList keys;
    private final LoopContext loop;
    private final Pool pool;
    private final ReplySlot slot;
    private final ValueOrder order;
    private final List<MultiGetFragment> fragments = new ArrayList<>();

    /** Requests without an answer, and one for the asking itself. */
    private int inFlight;

    private ServerFailure failure = ServerFailure.UNAVAILABLE;
    private @Nullable MultiGet whole;

    MultiGetPart(byte[] head, KeyList keys, LoopContext loop, Pool pool, ReplySlot slot) {
        this.head = head;
        this.keys = keys;
        this.loop = loop;
        this.pool = pool;
        this.slot = slot;
        this.order = new ValueOrder(keys.size(), slot);
    }

    /** Asks the servers; {@code parent} hears when this part is done. */
    void send(MultiGet parent) {
        whole = parent;
        int[] all = new int[keys.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
        }
        inFlight++;
        ask(pool.primaries(), all, all.length, pool.backups());
        fragmentEnded();
    }

    /** Sends one request to each server of {@code tier} that owns some of the keys. */
    private void ask(Tier tier, int[] wanted, int count, @Nullable Tier fallback) {
        MultiGetFragment[] byServer = new MultiGetFragment[tier.size()];
        int[] unsent = new int[count];
        int unsentCount = 0;
        for (int i = 0; i < count; i++) {
            int key = wanted[i];
            int index = tier.serverOf(keys.bytes(), keys.start(key), keys.length(key));
            ServerConnection server = tier.server(index);
            if (!server.usable()) {
                unsent[unsentCount++] = key;
                continue;
            }
            if (byServer[index] == null) {
                byServer[index] = new MultiGetFragment(this, server, fallback, count);
                server.output().append(head.length).writeBytes(head);
            }
            byServer[index].add(key);
            keys.appendTo(server.output().append(keys.length(key) + 1), key);
        }
        for (MultiGetFragment fragment : byServer) {
            if (fragment != null) {
                inFlight++;
                fragments.add(fragment);
                fragment.send();
            }
        }
        askAgain(unsent, unsentCount, fallback);
    }

    /** Asks the other tier for keys that got no answer; without one they have failed. */
    private void askAgain(int[] unanswered, int count, @Nullable Tier fallback) {
        if (count == 0) {
            return;
        }
        if (fallback != null) {
            loop.counters().count(ProxyMeter.READS_FROM_BACKUP, count);
            ask(fallback, unanswered, count, null);
            return;
        }
        for (int i = 0; i < count; i++) {
            order.failed(unanswered[i]);
        }
    }

    KeyList keys() {
        return keys;
    }

    ValueOrder order() {
        return order;
    }

    ReplySlot slot() {
        return slot;
    }

    /** A server answered all it will. */
    void fragmentEnded() {
        inFlight--;
        order.passOn();
        if (inFlight == 0) {
            finish();
        }
    }

    /** A server gave no answer for these keys; {@code brokenOff} if one of its values was half passed on. */
    void fragmentFailed(ServerFailure reason, int[] unanswered, @Nullable Tier fallback, boolean brokenOff) {
        failure = reason;
        if (brokenOff) {
            slot.fail(TextReplies.ERROR);
        }
        askAgain(unanswered, unanswered.length, fallback);
        fragmentEnded();
    }

    private void finish() {
        fragments.forEach(MultiGetFragment::release);
        slot.complete();
        if (whole != null) {
            whole.partDone(order.hits(), order.misses(), order.failures(), failure);
        }
    }
}
