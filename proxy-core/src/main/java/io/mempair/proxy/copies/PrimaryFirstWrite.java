package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.refill.ItemCopy;
import io.mempair.proxy.refill.ItemCopy.CopyOutcome;
import io.mempair.proxy.refill.ItemCopy.CopyReason;
import io.mempair.proxy.replication.ReplicaStatus;
import org.jspecify.annotations.Nullable;

/**
 * A write whose outcome depends on what a server holds: add, cas, incr, append, touch. One server decides, the primary if it
 * serves; the other follows with what makes it equal, and if it is not equal then, gets the whole item. No other write of
 * the key is in flight meanwhile.
 *
 * <p>A write whose fate is unknown is not repeated: the client hears of the failure, and the server that may have it is out.
 */
final class PrimaryFirstWrite extends ReplicatedWrite {

    PrimaryFirstWrite(
            WriteContext scene,
            ReplicatedCommand copies,
            @Nullable ByteRanges data,
            ServerConnection primary,
            ServerConnection backup,
            int stripe) {
        super(scene, copies, data, primary, backup, stripe);
    }

    /** A server that may lack the key gets it first: it has to decide on what there is. */
    @Override
    void begin() {
        if (!primary.serves() && !backup.serves()) {
            fail(ServerFailure.UNAVAILABLE);
            end();
            return;
        }
        identify();
        ServerConnection decider = primary.serves() && takes(primary) ? primary : backup;
        if (decider == backup) {
            missedBy(primary);
        }
        if (decider.state().replica().status() == ReplicaStatus.REFILLING
                && otherThan(decider).serves()) {
            fetch(decider);
        } else {
            decide(decider);
        }
    }

    private ServerConnection otherThan(ServerConnection server) {
        return server == primary ? backup : primary;
    }

    private void copy(ServerConnection from, ServerConnection to, CopyReason reason, ItemCopy.CopyListener then) {
        int lifetimeSeconds = (int) scene.policy().refillLifetime().toSeconds();
        ItemCopy.start(
                scene.loop(), from, to, key(), reason, lifetimeSeconds, outcome -> guarded(() -> then.ended(outcome)));
    }

    /** If the decider cannot be given what the other copy has, it would decide on less than there is. */
    private void fetch(ServerConnection decider) {
        ServerConnection other = otherThan(decider);
        copy(other, decider, CopyReason.FETCH, outcome -> {
            boolean lacks = outcome == CopyOutcome.FAILED || outcome == CopyOutcome.CANNOT;
            if (lacks && decider.serves() && other.serves()) {
                fail(ServerFailure.UNAVAILABLE);
                end();
            } else {
                decide(decider);
            }
        });
    }

    private void decide(ServerConnection decider) {
        if (!decider.serves()) {
            begin(); // lost while the key was copied: nothing was asked of it yet
            return;
        }
        sendTo(decider, false, new CopyRequest.ReplyListener() {
            @Override
            public void answered(byte[] bytes, ReplyLine meaning) {
                decided(decider, new ServerReply(bytes, meaning, decider));
            }

            @Override
            public void failed(ServerFailure failure) {
                lost(decider);
                fail(failure);
                end();
            }
        });
    }

    /** The copy that was not asked is the right one, if it can be read; else the one that may have been changed is. */
    private void lost(ServerConnection decider) {
        ServerConnection other = otherThan(decider);
        if (other.serves()) {
            missedBy(decider);
        } else {
            doubtedAt(decider);
            missedBy(other);
        }
    }

    private void decided(ServerConnection decider, ServerReply told) {
        if (answersEarly()) {
            answer(told);
        }
        ServerConnection other = otherThan(decider);
        if (told.meaning() == ReplyLine.SERVER_ERROR && other.serves()) {
            repair(decider, other, told); // a server may drop what it could not replace
        } else if (copies.changed(told.meaning()) && takes(other)) {
            follow(decider, other, told);
        } else {
            conclude(told);
        }
    }

    private void follow(ServerConnection decider, ServerConnection other, ServerReply told) {
        if (copies.followsByCopy()) {
            repair(decider, other, told);
            return;
        }
        sendTo(other, true, new CopyRequest.ReplyListener() {
            @Override
            public void answered(byte[] bytes, ReplyLine meaning) {
                if (copies.agrees(told.bytes(), bytes, meaning)) {
                    conclude(told);
                } else {
                    repair(decider, other, told);
                }
            }

            @Override
            public void failed(ServerFailure failure) {
                missedBy(other);
                conclude(told);
            }
        });
    }

    /**
     * Gives the other server what the decider has, in place of what it has itself. One that cannot take the item has no copy, as
     * if it had evicted it. If the copy fails while the decider serves, the other is out; if the decider is lost, no server
     * that can be asked has what was written, and the client does not hear that it is done.
     */
    private void repair(ServerConnection decider, ServerConnection other, ServerReply told) {
        copy(decider, other, CopyReason.OVERWRITE, outcome -> {
            if (outcome == CopyOutcome.FAILED && !decider.serves()) {
                fail(ServerFailure.CONNECTION_LOST);
                end();
                return;
            }
            if (outcome == CopyOutcome.FAILED) {
                missedBy(other);
            }
            conclude(told);
        });
    }

    private void conclude(ServerReply told) {
        answer(told);
        end();
    }
}
