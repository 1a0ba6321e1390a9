package io.mempair.proxy.frontend.request;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.CopyPolicy.Acknowledge;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.Ledger;
import io.mempair.proxy.replication.Standing;
import io.mempair.proxy.replication.WriteOrder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A write to both copies of a key, in its place in the {@link WriteOrder}. A server that is out, or lost, is left out: its
 * {@link Ledger} has the key before the client is answered, so that the old copy is never read again.
 */
abstract sealed class CopiedWrite implements Runnable permits PlainWrite, DecidedWrite {

    private static final Logger LOG = LoggerFactory.getLogger(CopiedWrite.class);

    /**
     * Where writes of one loop go.
     *
     * @param loop    the loop
     * @param order   of its writes
     * @param policy  when to answer
     */
    record Scene(LoopContext loop, WriteOrder order, CopyPolicy policy) {

        /** Where they go at this moment. */
        static Scene of(LoopContext loop, ServingPlan plan) {
            return new Scene(loop, plan.order(), plan.pool().copyPolicy());
        }
    }

    /** What a server answered. */
    static final class Told {
        private final byte[] bytes;
        private final ReplyLine meaning;
        private final int tag;

        /**
         * @param bytes    its line, and a value if one follows
         * @param meaning  of the line
         * @param server   that said it
         */
        Told(byte[] bytes, ReplyLine meaning, ServerConnection server) {
            this.bytes = bytes;
            this.meaning = meaning;
            this.tag = server.state().ledger().tag();
        }

        byte[] bytes() {
            return bytes;
        }

        ReplyLine meaning() {
            return meaning;
        }
    }

    final Scene scene;
    /** Replaced once, by {@link #identify}. */
    Copies copies;

    final ServerConnection primary;
    final ServerConnection backup;
    private final @Nullable ByteRanges data;
    private final int stripe;
    private @Nullable Key key;

    /** A server whose absence the answer relies on, or null. */
    private @Nullable Ledger relied;

    private boolean answered;
    private boolean ended;

    CopiedWrite(
            Scene scene,
            Copies copies,
            @Nullable ByteRanges data,
            ServerConnection primary,
            ServerConnection backup,
            int stripe) {
        this.scene = scene;
        this.copies = copies;
        this.data = data;
        this.primary = primary;
        this.backup = backup;
        this.stripe = stripe;
    }

    /**
     * Sends a write when its turn has come.
     *
     * @param copies   what to send and whom to answer
     * @param data     the data block or null; owned from here on
     * @param primary  the key's server in the first tier
     * @param backup   and in the second
     * @param stripe   of the key
     */
    static void send(
            Scene scene,
            Copies copies,
            @Nullable ByteRanges data,
            ServerConnection primary,
            ServerConnection backup,
            int stripe) {
        if (copies.oneDecides()) {
            scene.order().alone(stripe, new DecidedWrite(scene, copies, data, primary, backup, stripe));
        } else {
            scene.order().together(stripe, new PlainWrite(scene, copies, data, primary, backup, stripe));
        }
    }

    /** Its turn has come. What is thrown costs this write, and neither its turn nor the order of those that follow. */
    @Override
    public final void run() {
        try {
            begin();
        } catch (RuntimeException | Error defect) {
            broken(defect);
        }
    }

    abstract void begin();

    /** It may have been sent to one of them or both: the copy that is read first is the right one from now on, as it is. */
    private void broken(Throwable defect) {
        scene.loop().threw(defect);
        LOG.error("a write fails by a fault of ours", defect);
        boolean ofPrimary = primary.serves();
        fail(ServerFailure.CONNECTION_LOST);
        doubtedAt(ofPrimary ? primary : backup);
        missedBy(ofPrimary ? backup : primary);
        end();
    }

    /** A step of a write whose turn goes on while something else is done first. */
    final void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error defect) {
            broken(defect);
        }
    }

    /** Has the write give both copies the same id, if both servers take ids. For when its turn has come: so ids rise. */
    final void identify() {
        if (primary.takesIds()
                && backup.takesIds()
                && copies.makesId(Math.min(primary.longestItemBytes(), backup.longestItemBytes()))) {
            copies = copies.identified(scene.loop().newId());
        }
    }

    final Key key() {
        Key made = key;
        if (made == null) {
            made = copies.key();
            key = made;
        }
        return made;
    }

    /** Whether the write may be sent to that server. If not the server has missed it, and the ledger says so. */
    final boolean takes(ServerConnection server) {
        Ledger ledger = server.state().ledger();
        if (server.usable() && (ledger.standing() != Standing.OUT || ledger.takes(key()))) {
            return true;
        }
        missedBy(server);
        return false;
    }

    /** The server does not have the write, or nobody knows whether it has. */
    final void missedBy(ServerConnection server) {
        Ledger ledger = server.state().ledger();
        ledger.missed(key());
        relied = ledger;
    }

    /** Nobody knows whether the server has the write; no other has it. */
    final void doubtedAt(ServerConnection server) {
        server.state().ledger().doubted();
    }

    final void sendTo(ServerConnection server, boolean following, CopyRequest.Listener listener) {
        CopyRequest request = new CopyRequest(copies.command(following), copies.shape(following), listener);
        try {
            copies.appendLine(
                    server.output().append(copies.lineBytes()),
                    following,
                    server.state().ledger().tag());
            if (data != null && copies.carriesData(following)) {
                data.copyTo(server.output());
            }
            server.sent(request);
        } catch (RuntimeException | Error defect) {
            server.unsent(request, defect);
        }
    }

    /** Deletes the key there; a server that does not say it did has missed the write. */
    final void deleteAt(ServerConnection server, Runnable then) {
        if (!server.usable()) {
            missedBy(server);
            then.run();
            return;
        }
        CopyRequest.Listener listener = new CopyRequest.Listener() {
            @Override
            public void answered(byte[] bytes, ReplyLine meaning) {
                if (meaning.isError()) {
                    missedBy(server);
                }
                then.run();
            }

            @Override
            public void failed(ServerFailure failure) {
                missedBy(server);
                then.run();
            }
        };
        server.send(
                new CopyRequest(TimedCommand.DELETE, copies.deletionShape(), listener),
                out -> copies.appendDeletion(out.append(copies.lineBytes())));
    }

    final boolean answersEarly() {
        return scene.policy().acknowledge() == Acknowledge.PRIMARY;
    }

    /** Answers the client, unless that was done: at once, or when the peers know of the server that was left out. */
    final void answer(Told told) {
        if (!answered) {
            answered = true;
            whenPeersKnow(() -> copies.answer(told.bytes, told.meaning, told.tag));
        }
    }

    final void fail(ServerFailure failure) {
        if (!answered) {
            answered = true;
            scene.loop().counters().count(ProxyMeter.SERVER_ERRORS);
            copies.failed(failure);
        }
    }

    private void whenPeersKnow(Runnable task) {
        Ledger ledger = relied;
        if (ledger == null) {
            task.run();
        } else {
            PeersAwaited.of(ledger, scene.loop().eventLoop(), task, () -> copies.failed(ServerFailure.TIMED_OUT));
        }
    }

    /** Neither server has to do with it any more. Only the first call counts: a fault may end what was about to end. */
    final void end() {
        if (ended) {
            return;
        }
        ended = true;
        if (data != null) {
            data.release();
        }
        scene.order().ended(stripe);
    }
}
