package io.mempair.proxy.copies;

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
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.WriteOrder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A write to both copies of a key, in its place in the {@link WriteOrder}. A server that is out, or lost, is left out: its
 * {@link ReplicaState} has the key before the client is answered, so that the old copy is never read again.
 */
public abstract sealed class ReplicatedWrite implements Runnable permits UnconditionalWrite, PrimaryFirstWrite {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicatedWrite.class);

    /**
     * Where writes of one loop go.
     *
     * @param loop    the loop
     * @param order   of its writes
     * @param policy  when to answer
     */
    public record WriteContext(LoopContext loop, WriteOrder order, CopyPolicy policy) {

        /** Where they go at this moment. */
        public static WriteContext of(LoopContext loop, ServingPlan plan) {
            return new WriteContext(loop, plan.order(), plan.pool().copyPolicy());
        }
    }

    /** What a server answered. */
    static final class ServerReply {
        private final byte[] bytes;
        private final ReplyLine meaning;
        private final int tag;

        /**
         * @param bytes    its line, and a value if one follows
         * @param meaning  of the line
         * @param server   that said it
         */
        ServerReply(byte[] bytes, ReplyLine meaning, ServerConnection server) {
            this.bytes = bytes;
            this.meaning = meaning;
            this.tag = server.state().replica().tag();
        }

        byte[] bytes() {
            return bytes;
        }

        ReplyLine meaning() {
            return meaning;
        }
    }

    final WriteContext scene;
    /** Replaced once, by {@link #identify}. */
    ReplicatedCommand copies;

    final ServerConnection primary;
    final ServerConnection backup;
    private final @Nullable ByteRanges data;
    private final int stripe;
    private @Nullable Key key;

    /** A server whose absence the answer relies on, or null. */
    private @Nullable ReplicaState relied;

    private boolean answered;
    private boolean ended;

    ReplicatedWrite(
            WriteContext scene,
            ReplicatedCommand copies,
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
    public static void send(
            WriteContext scene,
            ReplicatedCommand copies,
            @Nullable ByteRanges data,
            ServerConnection primary,
            ServerConnection backup,
            int stripe) {
        if (copies.oneDecides()) {
            scene.order().exclusive(stripe, new PrimaryFirstWrite(scene, copies, data, primary, backup, stripe));
        } else {
            scene.order().shared(stripe, new UnconditionalWrite(scene, copies, data, primary, backup, stripe));
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

    /** Whether the write may be sent to that server. If not the server has missed it, and the replica says so. */
    final boolean takes(ServerConnection server) {
        ReplicaState replica = server.state().replica();
        if (server.usable() && (replica.status() != ReplicaStatus.OUT || replica.takes(key()))) {
            return true;
        }
        missedBy(server);
        return false;
    }

    /** The server does not have the write, or nobody knows whether it has. */
    final void missedBy(ServerConnection server) {
        ReplicaState replica = server.state().replica();
        replica.missed(key());
        relied = replica;
    }

    /** Nobody knows whether the server has the write; no other has it. */
    final void doubtedAt(ServerConnection server) {
        server.state().replica().doubted();
    }

    final void sendTo(ServerConnection server, boolean following, CopyRequest.ReplyListener listener) {
        CopyRequest request = new CopyRequest(copies.command(following), copies.shape(following), listener);
        try {
            copies.appendLine(
                    server.output().append(copies.lineBytes()),
                    following,
                    server.state().replica().tag());
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
        CopyRequest.ReplyListener listener = new CopyRequest.ReplyListener() {
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
    final void answer(ServerReply told) {
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
        ReplicaState replica = relied;
        if (replica == null) {
            task.run();
        } else {
            PeerAckBarrier.of(replica, scene.loop().eventLoop(), task, () -> copies.failed(ServerFailure.TIMED_OUT));
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
