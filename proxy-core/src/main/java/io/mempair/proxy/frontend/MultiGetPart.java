package io.mempair.proxy.frontend;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.Tier;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of keys of a {@link MultiGet}: one request a server, sent in parallel, answered in the order
 * asked. A value whose turn it is goes to the client as it comes; others are kept, by reference, until then.
 */
final class MultiGetPart {

    /** Nothing is known of the key yet. */
    private static final byte PENDING = 0;

    private static final byte MISS = 1;
    private static final byte HIT = 2;
    /** Its server gave no answer: counted apart from misses, answered like one. */
    private static final byte FAILED = 3;

    private final byte[] head;
    private final KeyList keys;
    private final LoopContext loop;
    private final Pool pool;
    private final ReplySlot slot;

    private final byte[] states;
    private final int[] rangesFrom;
    private final int[] rangesTo;
    private final Fragment[] hitIn;
    private final List<Fragment> sentFragments = new ArrayList<>();

    /** The first key that has not been passed on, or found missing. */
    private int next;

    private int fragmentsInFlight;
    private ServerFailure failure = ServerFailure.UNAVAILABLE;
    private @Nullable MultiGet whole;

    MultiGetPart(byte[] head, KeyList keys, LoopContext loop, Pool pool, ReplySlot slot) {
        this.head = head;
        this.keys = keys;
        this.loop = loop;
        this.pool = pool;
        this.slot = slot;
        this.states = new byte[keys.size()];
        this.rangesFrom = new int[keys.size()];
        this.rangesTo = new int[keys.size()];
        this.hitIn = new Fragment[keys.size()];
    }

    /** Asks the servers; {@code parent} hears when this part is done. */
    void send(MultiGet parent) {
        whole = parent;
        int[] all = new int[keys.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
        }
        fragmentsInFlight++;
        ask(pool.primaries(), all, all.length, pool.backups());
        fragmentEnded();
    }

    /** Sends one request to each server of {@code tier} that owns some of the keys. */
    private void ask(Tier tier, int[] wanted, int count, @Nullable Tier fallback) {
        Fragment[] fragments = new Fragment[tier.size()];
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
            Fragment fragment = fragments[index];
            if (fragment == null) {
                fragment = new Fragment(server, fallback);
                fragments[index] = fragment;
                server.output().append(head.length).writeBytes(head);
            }
            fragment.add(key, count);
            keys.appendTo(server.output().append(keys.length(key) + 1), key);
        }
        for (Fragment fragment : fragments) {
            if (fragment != null) {
                fragment.sent();
            }
        }
        fallBack(unsent, unsentCount, fallback);
    }

    /** Asks the other tier for keys that got no answer; without one they have failed. */
    private void fallBack(int[] unanswered, int count, @Nullable Tier fallback) {
        if (count == 0) {
            return;
        }
        if (fallback != null) {
            loop.counters().count(ProxyMeter.READS_FROM_BACKUP, count);
            ask(fallback, unanswered, count, null);
            return;
        }
        for (int i = 0; i < count; i++) {
            states[unanswered[i]] = FAILED;
        }
    }

    private void fragmentEnded() {
        fragmentsInFlight--;
        passOn();
        if (fragmentsInFlight == 0) {
            finish();
        }
    }

    /** Passes on every value at the head of the order whose turn has come. */
    private void passOn() {
        while (next < states.length && states[next] != PENDING) {
            if (states[next] == HIT && rangesTo[next] > rangesFrom[next]) {
                hitIn[next].kept.copyTo(slot, rangesFrom[next], rangesTo[next]);
            }
            next++;
        }
    }

    private void finish() {
        int[] counts = new int[4];
        for (int i = 0; i < states.length; i++) {
            counts[states[i]]++;
        }
        for (Fragment fragment : sentFragments) {
            fragment.kept.release();
        }
        slot.complete();
        if (whole != null) {
            whole.partDone(counts[HIT], counts[MISS], counts[FAILED], failure);
        }
    }

    /** The keys one server was asked for. */
    private final class Fragment extends ServerRequest {

        private final ServerConnection server;
        private final @Nullable Tier fallback;
        private final ByteRanges kept = new ByteRanges();
        private int[] asked = new int[8];
        private int askedCount;
        /** Position in {@link #asked} after the last value that began. */
        private int cursor;
        /** The key whose value is arriving, or -1. */
        private int arriving = -1;
        /** Whether that value goes straight to the client. */
        private boolean passing;

        Fragment(ServerConnection server, @Nullable Tier fallback) {
            this.server = server;
            this.fallback = fallback;
        }

        void add(int key, int atMost) {
            if (askedCount == asked.length) {
                asked = Arrays.copyOf(asked, Math.min(4 * askedCount, Math.max(atMost, askedCount + 1)));
            }
            asked[askedCount++] = key;
        }

        void sent() {
            server.output().append(2).writeShort(0x0D0A);
            fragmentsInFlight++;
            sentFragments.add(this);
            server.sent(this);
        }

        @Override
        protected ReplyShape shape() {
            return ReplyShape.RETRIEVAL;
        }

        /** Servers answer in the order asked and leave misses out: what is skipped on the way is missing. */
        @Override
        protected boolean itemStarts(byte[] line, int keyOffset, int keyLength) {
            while (cursor < askedCount) {
                int key = asked[cursor++];
                if (keys.is(key, line, keyOffset, keyLength)) {
                    arriving = key;
                    passOn();
                    passing = key == next;
                    rangesFrom[key] = kept.count();
                    hitIn[key] = this;
                    return true;
                }
                states[key] = MISS;
            }
            return false;
        }

        @Override
        protected void itemBytes(ByteBuf in, int index, int length, boolean last) {
            int key = arriving;
            if (passing) {
                slot.bytes(in, index, length);
            } else {
                kept.add(in, index, length);
            }
            if (last) {
                arriving = -1;
                rangesTo[key] = passing ? rangesFrom[key] : kept.count();
                states[key] = HIT;
            }
        }

        @Override
        protected void retrievalEnds() {
            while (cursor < askedCount) {
                states[asked[cursor++]] = MISS;
            }
            fragmentEnded();
        }

        @Override
        protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
            failed(ServerFailure.REFUSED);
        }

        @Override
        protected void failed(ServerFailure reason) {
            failure = reason;
            if (arriving >= 0 && passing) {
                slot.fail(TextReplies.ERROR);
            } else if (arriving >= 0) {
                cursor--;
            }
            arriving = -1;
            int count = askedCount - cursor;
            int[] unanswered = Arrays.copyOfRange(asked, cursor, cursor + count);
            fallBack(unanswered, count, fallback);
            fragmentEnded();
        }
    }
}
