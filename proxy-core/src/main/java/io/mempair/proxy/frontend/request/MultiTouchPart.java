package io.mempair.proxy.frontend.request;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.frontend.reply.ReplySlot;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.pool.Tier;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Some keys of a {@code gat} or {@code gats} where keys have two copies. Each key is a write too and has a turn of its own,
 * so each is asked for by itself; all take their places in the order of writes at once, before later requests of the client.
 * The values go out in the order asked.
 */
final class MultiTouchPart implements MultiGet.Part {

    private final byte[] head;
    private final KeyList keys;
    private final CopyReads reads;
    private final Tier primaries;
    private final Tier backups;
    private final ReplySlot slot;
    private final ValueOrder order;
    private final ByteRanges kept = new ByteRanges();

    /** Keys without an answer, and one for the asking itself. */
    private int inFlight;

    private ServerFailure failure = ServerFailure.UNAVAILABLE;
    private @Nullable MultiGet whole;

    MultiTouchPart(byte[] head, KeyList keys, CopyReads reads, Tier primaries, Tier backups, ReplySlot slot) {
        this.head = head;
        this.keys = keys;
        this.reads = reads;
        this.primaries = primaries;
        this.backups = backups;
        this.slot = slot;
        this.order = new ValueOrder(keys.size(), slot);
    }

    @Override
    public void send(MultiGet parent) {
        whole = parent;
        inFlight = 1 + keys.size();
        for (int key = 0; key < keys.size(); key++) {
            ask(key);
        }
        ended();
    }

    private void ask(int key) {
        int offset = head.length + 1;
        int length = keys.length(key);
        byte[] line = Arrays.copyOf(head, offset + length);
        line[head.length] = ' ';
        System.arraycopy(keys.bytes(), keys.start(key), line, offset, length);
        ServerConnection primary = primaries.ownerOf(line, offset, length);
        ServerConnection backup = backups.ownerOf(line, offset, length);
        new CopiedGet(reads, primary, backup, line, offset, new Place(key)).start();
    }

    private void ended() {
        order.passOn();
        if (--inFlight == 0 && whole != null) {
            kept.release();
            slot.complete();
            whole.partDone(order.hits(), order.misses(), order.failures(), failure);
        }
    }

    /** One key's place among the answers. Its value is kept until it is whole: others may arrive in between. */
    private final class Place implements KeyTarget {

        private final int key;
        private @Nullable ByteRanges value;

        Place(int key) {
            this.key = key;
        }

        @Override
        public void bytes(ByteBuf in, int index, int length) {
            if (value == null) {
                value = new ByteRanges();
            }
            value.add(in, index, length);
        }

        @Override
        public void hit() {
            int from = kept.count();
            if (value != null) {
                value.copyTo(kept::add);
                value.release();
            }
            order.keptFor(key, kept, from, kept.count());
            ended();
        }

        @Override
        public void miss() {
            order.miss(key);
            ended();
        }

        @Override
        public void refused(ByteBuf in, int index, int length) {
            failed(ServerFailure.REFUSED);
        }

        /** A value that broke off is left out: nothing of it has gone to the client. */
        @Override
        public void failed(ServerFailure reason) {
            if (value != null) {
                value.release();
            }
            failure = reason;
            order.failed(key);
            ended();
        }
    }
}
