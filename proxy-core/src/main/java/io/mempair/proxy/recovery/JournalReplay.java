package io.mempair.proxy.recovery;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.refill.CopyTarget;
import io.mempair.proxy.refill.KeyToken;
import io.mempair.proxy.refill.LineRequest;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.ReplicaPhase.Event;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.WriteOrder;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a server that is out, but connected, right again: what it missed is deleted on it, key by key, or all it has if the
 * keys are not known. Then clients may use it again, and it lacks those keys. One at a time for a server; confined to its loop.
 */
public final class JournalReplay {

    /** Keys deleted in one go. */
    private static final int BATCH_KEYS = 256;

    /** Rounds with fewer keys than that, after which writes are held up. */
    private static final int MAX_SMALL_BATCHES = 4;

    /** Keys remembered for the refill; a journal can hold more only with much more memory than usual. */
    private static final int MAX_PURGED_KEYS = 262_144;

    private static final int LINE_BYTES = 32;

    /** Why nothing goes on when the node that began it has stepped down. */
    static final String NOT_OURS = "this proxy serves no more, so repairs no server";

    /** Who waits; exactly one of the two is told, once, on the loop. */
    public interface ReplayListener {
        /**
         * Clients may use the server again.
         *
         * @param purged   the keys it lacks now
         * @param flushed  whether it lacks everything, or more keys than are in the list
         */
        void done(List<Key> purged, boolean flushed);

        /** The server is out as before, and what it missed still in its journal. */
        void failed(String reason);
    }

    private final LoopContext loop;
    private final WriteOrder order;
    private final ServerConnection server;
    private final ReplicaState replica;
    private final ReplayListener listener;
    private final Set<Key> purged = new LinkedHashSet<>();
    private boolean flushed;
    private int smallBatches;

    /** Whether no write of any loop goes on before this has ended. */
    private boolean holdsWrites;

    private JournalReplay(LoopContext loop, WriteOrder order, ServerConnection server, ReplayListener listener) {
        this.loop = loop;
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
        server.state().replica().step(Event.REPLAY);
        new JournalReplay(loop, order, server, listener).goOn();
    }

    private void goOn() {
        String hindrance = hindrance();
        if (hindrance != null) {
            fail(hindrance);
        } else if (replica.beginFlush()) {
            letWritesGoOn();
            flush();
        } else {
            List<Key> keys = replica.nextToPurge(BATCH_KEYS);
            if (!keys.isEmpty()) {
                delete(keys);
            } else if (replica.takeBack()) {
                letWritesGoOn();
                listener.done(flushed ? List.of() : List.copyOf(purged), flushed);
            } else {
                // missed more since it was asked for the next keys
                loop.eventLoop().execute(this::goOn);
            }
        }
    }

    /** Why nothing may be sent now, or null. Asked before each step: what comes between two of them can take long. */
    private @Nullable String hindrance() {
        if (!loop.mayRepair()) {
            return NOT_OURS;
        }
        return server.usable() ? null : "connection lost";
    }

    /**
     * Keys that are written all the time are in the journal again before they are deleted: after a few rounds all writes wait
     * for the last one, which takes one answer of the server.
     */
    private void delete(List<Key> keys) {
        DeletionBatch batch = new DeletionBatch(keys);
        if (holdsWrites || keys.size() == BATCH_KEYS || ++smallBatches < MAX_SMALL_BATCHES) {
            batch.send();
        } else {
            order.global(() -> {
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
        purged.clear();
        VerifiedFlush.start(loop, order, server, new VerifiedFlush.FlushListener() {
            @Override
            public void done() {
                replica.step(Event.FLUSHED);
                goOn();
            }

            @Override
            public void failed(String reason) {
                fail(reason);
            }
        });
    }

    /**
     * Keys deleted so far are journaled again, because whoever purges next must know that they are lacking. If this proxy has
     * stepped down meanwhile, what it has learned since then counts.
     */
    private void fail(String reason) {
        if (flushed) {
            replica.notFlushed();
        } else {
            replica.notPurged(List.copyOf(purged));
        }
        replica.step(Event.GIVEN_UP);
        letWritesGoOn();
        listener.failed(reason);
    }

    /** Deletions in flight together. */
    private final class DeletionBatch implements LineRequest.LineListener {

        private final List<Key> keys;
        private final List<KeyToken> tokens = new ArrayList<>();
        private int inFlight;
        private String problem = "";

        DeletionBatch(List<Key> keys) {
            this.keys = keys;
        }

        /** A key that no line can say is deleted with everything else. */
        void send() {
            String hindrance = hindrance();
            if (hindrance != null) {
                replica.notPurged(keys);
                fail(hindrance);
                return;
            }
            for (Key key : keys) {
                KeyToken token = KeyToken.of(key, server.speaksMeta());
                if (token == null) {
                    replica.notFlushed();
                    loop.eventLoop().execute(JournalReplay.this::goOn);
                    return;
                }
                tokens.add(token);
            }
            inFlight = tokens.size();
            tokens.forEach(this::delete);
        }

        private void delete(KeyToken key) {
            server.send(new LineRequest(key.encoded() ? ReplyShape.META : ReplyShape.DELETED, this), output -> {
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
        public void answered(LineRequest.LineAnswer answer) {
            boolean gone = switch (answer.meaning()) {
                case DELETED, NOT_FOUND, HD, NF -> true;
                default -> false;
            };
            if (!gone) {
                problem = "a deletion was answered " + answer.text();
            }
            oneEnded();
        }

        @Override
        public void failed() {
            problem = "connection lost";
            oneEnded();
        }

        private void oneEnded() {
            if (--inFlight > 0) {
                return;
            }
            if (!problem.isEmpty()) {
                replica.notPurged(keys);
                fail(problem);
                return;
            }
            remember();
            goOn();
        }

        private void remember() {
            if (!flushed) {
                purged.addAll(keys);
                if (purged.size() > MAX_PURGED_KEYS) {
                    purged.clear();
                    flushed = true;
                }
            }
        }
    }
}
