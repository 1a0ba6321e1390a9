package io.mempair.proxy.copies;

import io.mempair.proxy.backend.BufferedRequest.ReplyListener;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.protocol.text.ReplyLine;
import org.jspecify.annotations.Nullable;

/**
 * A write that does not depend on the stored item: set, delete. It goes to both servers at once. The client gets the
 * primary's reply, or the backup's if the primary did not reply. For a delete, DELETED from either server wins over
 * NOT_FOUND.
 */
final class UnconditionalWrite extends ReplicatedWrite {

    private @Nullable ServerReply byPrimary;
    private @Nullable ServerReply byBackup;
    private ServerFailure failure = ServerFailure.UNAVAILABLE;
    private int inFlight;
    private boolean primaryLost;
    private boolean backupLost;

    UnconditionalWrite(
            WriteContext context,
            ReplicatedCommand command,
            @Nullable ByteRanges data,
            ServerConnection primary,
            ServerConnection backup,
            int stripe) {
        super(context, command, data, primary, backup, stripe);
    }

    /** A write that reaches neither server counts as missed by neither. */
    @Override
    void begin() {
        ServerConnection absent = absent();
        if (absent != null && absent.state().replica().isLastCopy()) {
            waitFor(absent);
            return;
        }
        inFlight = 1;
        if (primary.serves() || backup.serves()) {
            identify();
            sendIfTaken(primary);
            sendIfTaken(backup);
        }
        oneEnded();
    }

    private void sendIfTaken(ServerConnection server) {
        if (!takes(server)) {
            return;
        }
        inFlight++;
        ReplyListener listener = new ReplyListener() {
            @Override
            public void answered(byte[] bytes, ReplyLine meaning) {
                replied(server, new ServerReply(bytes, meaning, server));
                oneEnded();
            }

            @Override
            public void failed(ServerFailure reason) {
                failure = reason;
                primaryLost |= server == primary;
                backupLost |= server == backup;
                oneEnded();
            }
        };
        if (command.isDeletion() && server.state().replica().refill().mayHoldMarks()) {
            new DeletionOfMark(this, server, listener).send();
        } else {
            sendTo(server, command, listener);
        }
    }

    private void replied(ServerConnection server, ServerReply reply) {
        if (server != primary) {
            byBackup = reply;
            return;
        }
        byPrimary = reply;
        if (answersEarly()) {
            answer(reply);
        }
    }

    private void oneEnded() {
        if (--inFlight > 0) {
            return;
        }
        accountForLost();
        ServerReply first = byPrimary;
        ServerReply second = byBackup;
        ServerConnection lastCopy = unconfirmed();
        ServerReply confirmed = lastCopy == primary ? second : first;
        if (lastCopy != null && confirmed != null) {
            failUnconfirmed(lastCopy, !isRefused(confirmed), failure);
        } else if (first != null && second != null && isRefused(first) != isRefused(second)) {
            // one server refused the write, the other executed it. The client gets the primary's reply, so the backup
            // must keep neither a value that was refused nor one from before the write
            deleteAt(backup, () -> conclude(first));
        } else {
            conclude(preferred(first, second));
        }
    }

    /** The primary's reply; but the backup's if only the backup replied, or only it had something to delete. */
    private @Nullable ServerReply preferred(@Nullable ServerReply first, @Nullable ServerReply second) {
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        return effect(first) == WriteEffect.UNCHANGED && effect(second) == WriteEffect.CHANGED ? second : first;
    }

    private boolean isRefused(ServerReply reply) {
        return effect(reply) == WriteEffect.REFUSED;
    }

    private WriteEffect effect(ServerReply reply) {
        return command.effect(reply.meaning());
    }

    /** A server that may lack a write the other has is out of date. If neither replied, the primary's copy is kept. */
    private void accountForLost() {
        if (primaryLost && byBackup != null) {
            missedBy(primary);
        } else if (primaryLost) {
            doubtedAt(primary);
        }
        if (backupLost && byPrimary != null) {
            missedBy(backup);
        } else if (backupLost && primaryLost) {
            outdatedAt(backup);
        } else if (backupLost) {
            doubtedAt(backup);
        }
    }

    private void conclude(@Nullable ServerReply reply) {
        if (reply == null) {
            fail(failure);
        } else {
            answer(reply);
        }
        end();
    }
}
