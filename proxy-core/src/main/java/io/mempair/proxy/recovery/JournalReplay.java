package io.mempair.proxy.recovery;

import io.mempair.proxy.backend.BufferedRequest;
import io.mempair.proxy.backend.BufferedRequest.ReplyListener;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.refill.CopyTarget;
import io.mempair.proxy.refill.KeyToken;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.ReplicaPhase.ReplicaEvent;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.WriteOrder;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replays the journal on a server that is out but connected: deletes each key it missed, or flushes it if the journal
 * overflowed. After that the server is consistent, clients may use it, and only those keys are missing. One at a time
 * per server; confined to its loop.
 */
public final class JournalReplay {

    /** Keys deleted in one batch. */
    private static final int BATCH_KEYS = 256;

    /** Small batches sent before writes are held up. */
    private static final int MAX_SMALL_BATCHES = 4;

    private static final int LINE_BYTES = 32;

    /** Reason of failure after this node has stepped down. */
    static final String STEPPED_DOWN = "this node is no longer active, so it repairs no server";

    /** Receives the outcome: exactly one of the two is called, once, on the loop. */
    public interface ReplayListener {
        /**
         * Clients may use the server again.
         *
         * @param deletedKeys  how many keys were deleted
         * @param flushed      whether it was flushed, so that it lacks everything
         */
        void done(int deletedKeys, boolean flushed);

        /** The server stays out, and its journal is intact. */
        void failed(String reason);
    }

    private final LoopContext loop;

    /** The reign it began in; in a later one it sends nothing. */
    private final long reign;

    private final WriteOrder order;
    private final ServerConnection server;
    private final ReplicaState replica;
    private final ReplayListener listener;
    private int deletedKeys;
    private boolean flushed;
    private int smallBatches;

    /** Whether the writes of all loops are held up until the replay ends. */
    private boolean holdsWrites;

    private JournalReplay(LoopContext loop, WriteOrder order, ServerConnection server, ReplayListener listener) {
        this.loop = loop;
        this.reign = loop.reign();
        this.order = order;
        this.server = server;
        this.replica = server.state().replica();
        this.listener = listener;
    }

    /**
     * Begins.
     *
     * @param order   of the writes of this loop
     * @param server  out, and usable
     */
    public static void start(LoopContext loop, WriteOrder order, ServerConnection server, ReplayListener listener) {
        server.state().replica().step(ReplicaEvent.REPLAY);
        new JournalReplay(loop, order, server, listener).goOn();
    }

    private void goOn() {
        String obstacle = obstacle();
        if (obstacle != null) {
            fail(obstacle);
        } else if (replica.missedWrites().beginFlush()) {
            letWritesGoOn();
            flush();
        } else {
            List<Key> keys = replica.missedWrites().nextToReplay(BATCH_KEYS);
            if (!keys.isEmpty()) {
                delete(keys);
            } else if (replica.takeBack()) {
                letWritesGoOn();
                listener.done(deletedKeys, flushed);
            } else {
                // another write missed the server since the last batch
                loop.eventLoop().execute(this::goOn);
            }
        }
    }

    /** Why nothing may be sent now, or null. Checked before each step: the time between two steps is unbounded. */
    private @Nullable String obstacle() {
        if (!loop.mayRepair(reign)) {
            return STEPPED_DOWN;
        }
        if (replica.missedWrites().needsFlush() && replica.otherCopies().oneReturns()) {
            return "a flush waits until the other copies are back";
        }
        if (replica.missedWrites().needsFlush() && !replica.processFlush().mayBegin()) {
            return "a flush waits until other servers have all that the process holds in another tier";
        }
        return server.usable() ? null : "connection lost";
    }

    /**
     * Hot keys enter the journal again while they are being deleted. So after a few small batches all writes are held
     * up for the last one, which takes one round trip. Those that wait for this very server are not waited for.
     */
    private void delete(List<Key> keys) {
        DeletionBatch batch = new DeletionBatch(keys);
        if (holdsWrites || keys.size() == BATCH_KEYS || ++smallBatches < MAX_SMALL_BATCHES) {
            batch.send();
        } else {
            order.globalBesidesHeld(() -> {
                holdsWrites = true;
                batch.send();
            });
        }
    }

    private void letWritesGoOn() {
        if (holdsWrites) {
            holdsWrites = false;
            order.globalEnded();
        }
    }

    private void flush() {
        flushed = true;
        VerifiedFlush.start(loop, order, server, new VerifiedFlush.FlushListener() {
            @Override
            public void done() {
                replica.step(ReplicaEvent.FLUSHED);
                goOn();
            }

            @Override
            public void failed(String reason) {
                fail(reason);
            }
        });
    }

    /** If this node has stepped down meanwhile, the state learned from the active node takes precedence. */
    private void fail(String reason) {
        if (flushed) {
            replica.missedWrites().flushFailed();
        }
        replica.step(ReplicaEvent.GIVEN_UP);
        letWritesGoOn();
        listener.failed(reason);
    }

    /** Deletions that are in flight together. */
    private final class DeletionBatch implements ReplyListener {

        private final List<Key> keys;
        private final List<KeyToken> tokens = new ArrayList<>();
        private int inFlight;
        private String problem = "";

        DeletionBatch(List<Key> keys) {
            this.keys = keys;
        }

        /** Sends the batch. A key that no command line can express requires a flush. */
        void send() {
            String obstacle = obstacle();
            if (obstacle != null) {
                replica.missedWrites().replayFailed(keys);
                fail(obstacle);
                return;
            }
            for (Key key : keys) {
                KeyToken token = KeyToken.of(key, server.speaksMeta());
                if (token == null) {
                    replica.missedWrites().flushFailed();
                    loop.eventLoop().execute(JournalReplay.this::goOn);
                    return;
                }
                tokens.add(token);
            }
            inFlight = tokens.size();
            tokens.forEach(this::delete);
        }

        private void delete(KeyToken key) {
            server.send(new BufferedRequest(key.encoded() ? ReplyShape.META : ReplyShape.DELETED, this), output -> {
                ByteBuf out = output.append(LINE_BYTES + key.bytes().length);
                CopyTarget.ascii(out, key.encoded() ? "md " : "delete ");
                out.writeBytes(key.bytes());
                if (key.encoded()) {
                    CopyTarget.ascii(out, " b");
                }
                CopyTarget.endLine(out);
            });
        }

        @Override
        public void answered(byte[] reply, ReplyLine meaning) {
            boolean gone = switch (meaning) {
                case DELETED, NOT_FOUND, HD, NF -> true;
                default -> false;
            };
            if (!gone) {
                problem = "the server answered a deletion with " + BufferedRequest.text(reply);
            }
            oneEnded();
        }

        @Override
        public void failed(ServerFailure failure) {
            problem = "connection lost";
            oneEnded();
        }

        private void oneEnded() {
            if (--inFlight > 0) {
                return;
            }
            if (!problem.isEmpty()) {
                replica.missedWrites().replayFailed(keys);
                fail(problem);
                return;
            }
            deletedKeys += keys.size();
            replica.refill().lacks(keys);
            goOn();
        }
    }
}
