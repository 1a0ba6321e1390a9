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
 * A write whose outcome depends on the stored item: add, cas, incr, append, touch. One server decides: the primary if
 * it serves, else the backup. The other then receives the command that makes its copy equal; if the copies still
 * differ, the whole item is copied. No other write of the key is in flight meanwhile.
 *
 * <p>A write with an unknown outcome is never repeated: the client gets an error, and the server that may have applied
 * it is taken out of service.
 */
final class PrimaryFirstWrite extends ReplicatedWrite {

    PrimaryFirstWrite(
            WriteContext context,
            ReplicatedCommand command,
            @Nullable ByteRanges data,
            ServerConnection primary,
            ServerConnection backup,
            int stripe) {
        super(context, command, data, primary, backup, stripe);
    }

    /** Copies the key to a refilling decider first, so that it decides on the current item. */
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
        int lifetimeSeconds = (int) context.policy().refillLifetime().toSeconds();
        ItemCopy.start(
                context.loop(),
                from,
                to,
                key(),
                reason,
                lifetimeSeconds,
                outcome -> guarded(() -> then.ended(outcome)));
    }

    /** Fails the write if the copy failed: the decider would decide without the current item. */
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
            begin(); // lost while the key was copied; the write has not been sent yet
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

    /** Keeps the copy that was not asked, if its server serves; else keeps the copy that may have changed. */
    private void lost(ServerConnection decider) {
        ServerConnection other = otherThan(decider);
        if (other.serves()) {
            missedBy(decider);
        } else {
            doubtedAt(decider);
            missedBy(other);
        }
    }

    private void decided(ServerConnection decider, ServerReply reply) {
        if (answersEarly()) {
            answer(reply);
        }
        ServerConnection other = otherThan(decider);
        if (reply.meaning() == ReplyLine.SERVER_ERROR && other.serves()) {
            repair(decider, other, reply); // memcached may drop an item it could not replace
        } else if (command.changed(reply.meaning()) && takes(other)) {
            follow(decider, other, reply);
        } else {
            conclude(reply);
        }
    }

    private void follow(ServerConnection decider, ServerConnection other, ServerReply reply) {
        if (command.followsByCopy()) {
            repair(decider, other, reply);
            return;
        }
        sendTo(other, true, new CopyRequest.ReplyListener() {
            @Override
            public void answered(byte[] bytes, ReplyLine meaning) {
                if (command.agrees(reply.bytes(), bytes, meaning)) {
                    conclude(reply);
                } else {
                    repair(decider, other, reply);
                }
            }

            @Override
            public void failed(ServerFailure failure) {
                missedBy(other);
                conclude(reply);
            }
        });
    }

    /**
     * Overwrites the other copy with the decider's item. A server that cannot store the item has no copy, as after an
     * eviction. If the copy fails while the decider serves, the other server goes out. If the decider is lost, no
     * reachable server has the write, so the client gets an error.
     */
    private void repair(ServerConnection decider, ServerConnection other, ServerReply reply) {
        copy(decider, other, CopyReason.OVERWRITE, outcome -> {
            if (outcome == CopyOutcome.FAILED && !decider.serves()) {
                fail(ServerFailure.CONNECTION_LOST);
                end();
                return;
            }
            if (outcome == CopyOutcome.FAILED) {
                missedBy(other);
            }
            conclude(reply);
        });
    }

    private void conclude(ServerReply reply) {
        answer(reply);
        end();
    }
}
