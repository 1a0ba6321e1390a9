package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.protocol.text.ReplyLine;
import org.jspecify.annotations.Nullable;

/**
 * A write that does not depend on what the servers hold: set, delete. It goes to both at once. The client hears what the
 * primary said, or the backup if the primary gave no answer; that a copy was deleted counts before that there was none.
 */
final class UnconditionalWrite extends ReplicatedWrite {

    private @Nullable ServerReply byPrimary;
    private @Nullable ServerReply byBackup;
    private ServerFailure failure = ServerFailure.UNAVAILABLE;
    private int inFlight;
    private boolean primaryLost;
    private boolean backupLost;

    UnconditionalWrite(
            WriteContext scene,
            ReplicatedCommand copies,
            @Nullable ByteRanges data,
            ServerConnection primary,
            ServerConnection backup,
            int stripe) {
        super(scene, copies, data, primary, backup, stripe);
    }

    /** A write that reaches neither server is missed by none. */
    @Override
    void begin() {
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
        sendTo(server, false, new CopyRequest.ReplyListener() {
            @Override
            public void answered(byte[] bytes, ReplyLine meaning) {
                heard(server, new ServerReply(bytes, meaning, server));
                oneEnded();
            }

            @Override
            public void failed(ServerFailure reason) {
                failure = reason;
                primaryLost |= server == primary;
                backupLost |= server == backup;
                oneEnded();
            }
        });
    }

    private void heard(ServerConnection server, ServerReply told) {
        if (server != primary) {
            byBackup = told;
            return;
        }
        byPrimary = told;
        if (answersEarly()) {
            answer(told);
        }
    }

    private void oneEnded() {
        if (--inFlight > 0) {
            return;
        }
        accountForLost();
        ServerReply first = byPrimary;
        ServerReply second = byBackup;
        if (first != null && second != null && copies.done(first.meaning()) != copies.done(second.meaning())) {
            // one server refused what the other took: the backup must not keep what the client is told is not there,
            // nor a value from before what it is told is there
            deleteAt(backup, () -> conclude(first));
        } else if (first != null && (second == null || !copies.settles(second.meaning()))) {
            conclude(first);
        } else if (second != null) {
            conclude(second);
        } else {
            fail(failure);
            end();
        }
    }

    /**
     * A server that may lack what the other has is out of date. If neither answered, one of them is as good as the other,
     * and the primary's copy is kept.
     */
    private void accountForLost() {
        if (primaryLost && byBackup != null) {
            missedBy(primary);
        } else if (primaryLost) {
            doubtedAt(primary);
        }
        if (backupLost && (byPrimary != null || primaryLost)) {
            missedBy(backup);
        } else if (backupLost) {
            doubtedAt(backup);
        }
    }

    private void conclude(ServerReply told) {
        answer(told);
        end();
    }
}
