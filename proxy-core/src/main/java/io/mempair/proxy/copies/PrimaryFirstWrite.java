package io.mempair.proxy.copies;

import io.mempair.proxy.backend.BufferedRequest.ReplyListener;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.OutputBatch;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.refill.AbandonedMark;
import io.mempair.proxy.refill.ItemCopy;
import io.mempair.proxy.refill.ItemCopy.CopyOutcome;
import io.mempair.proxy.refill.ItemCopy.CopyReason;
import io.mempair.proxy.refill.ItemPresence;
import io.mempair.proxy.replication.ReplicaState;
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

    /** The reply of the server that decided. */
    private static final class DecidedReply extends ServerReply {
        private final ServerConnection decider;
        private final OutputBatch channel;

        /** @param channel  over which the decider replied */
        DecidedReply(byte[] bytes, ReplyLine meaning, ServerConnection decider, OutputBatch channel) {
            super(bytes, meaning, decider);
            this.decider = decider;
            this.channel = channel;
        }

        /** Whether the decider still has what it replied, as far as this proxy can know. */
        boolean stands() {
            return decider.serves() && decider.speaksOver(channel);
        }
    }

    /** Copies the key to a refilling decider first, so that it decides on the current item. */
    @Override
    void begin() {
        if (!primary.serves() && !backup.serves()) {
            fail(ServerFailure.UNAVAILABLE);
            end();
            return;
        }
        ServerConnection absent = absent();
        if (absent != null && mustWaitFor(absent)) {
            waitFor(absent);
            return;
        }
        identify();
        ServerConnection decider = primary.serves() && takes(primary) ? primary : backup;
        if (decider == backup && !missedBy(primary)) {
            fail(ServerFailure.UNAVAILABLE); // another loop has just lost the backup; nothing was sent
            end();
            return;
        }
        if (decider.state().replica().status() == ReplicaStatus.REFILLING
                && otherThan(decider).serves()) {
            fetch(decider);
        } else if (decider.state().replica().refill().mayHoldMarks()) {
            removeMark(decider);
        } else {
            decide(decider);
        }
    }

    /** Whether the decider would decide without an item that only the absent server has. */
    private boolean mustWaitFor(ServerConnection absent) {
        ReplicaState replica = absent.state().replica();
        return replica.isLastCopy()
                || (otherThan(absent).state().replica().status() == ReplicaStatus.REFILLING && !replica.isLost());
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
            } else if (lacks) {
                begin();
            } else {
                decide(decider);
            }
        });
    }

    /** The decider, which is alone, must not take the mark of a copy that broke off for an item. */
    private void removeMark(ServerConnection decider) {
        AbandonedMark.remove(
                decider,
                key(),
                removed -> guarded(() -> {
                    if (!removed && decider.serves()) {
                        fail(ServerFailure.UNAVAILABLE);
                        end();
                    } else {
                        decide(decider);
                    }
                }));
    }

    private void decide(ServerConnection decider) {
        if (!decider.serves()) {
            begin(); // lost while the key was copied; the write has not been sent yet
            return;
        }
        OutputBatch channel = decider.output();
        sendTo(decider, command, new ReplyListener() {
            @Override
            public void answered(byte[] bytes, ReplyLine meaning) {
                decided(new DecidedReply(bytes, meaning, decider, channel));
            }

            @Override
            public void failed(ServerFailure failure) {
                lost(decider, failure);
            }
        });
    }

    /**
     * Fails the write. Keeps the copy that was not asked, if its server serves and lacks nothing; else keeps the copy that
     * may have changed.
     */
    private void lost(ServerConnection decider, ServerFailure failure) {
        ServerConnection other = otherThan(decider);
        if (!other.serves()) {
            doubtedAt(decider);
            outdatedAt(other);
        } else if (!missedBy(decider)) {
            keepOne(decider, other, failure);
            return;
        }
        fail(failure);
        end();
    }

    /**
     * Only the decider, which is the last copy, may have executed the write. If the other server has the item, that one
     * counts, and the decider's is deleted when it returns; else the decider's counts. Nothing is deleted before: the decider
     * may have died with all it held.
     */
    private void keepOne(ServerConnection decider, ServerConnection other, ServerFailure failure) {
        ItemPresence.ask(other, key(), new ItemPresence.PresenceListener() {
            @Override
            public void answered(ItemPresence.Presence presence) {
                guarded(() -> {
                    if (presence == ItemPresence.Presence.ITEM) {
                        differsAt(decider);
                    }
                    fail(failure);
                    end();
                });
            }

            @Override
            public void failed() {
                guarded(() -> {
                    outdatedAt(other);
                    fail(failure);
                    end();
                });
            }
        });
    }

    private void decided(DecidedReply decision) {
        if (answersEarly()) {
            answer(decision);
        }
        ServerConnection other = otherThan(decision.decider);
        if (decision.meaning() == ReplyLine.SERVER_ERROR && other.serves()) {
            repair(decision, other); // memcached may drop an item it could not replace
        } else if (command.effect(decision.meaning()) == WriteEffect.CHANGED && takes(other)) {
            followWithoutMark(decision, other);
        } else {
            conclude(decision);
        }
    }

    /** What is done to the decider's item must not be done to the mark of a copy that broke off. */
    private void followWithoutMark(DecidedReply decision, ServerConnection other) {
        if (!other.state().replica().refill().mayHoldMarks()) {
            follow(decision, other);
            return;
        }
        AbandonedMark.remove(
                other,
                key(),
                removed -> guarded(() -> {
                    if (removed) {
                        follow(decision, other);
                    } else {
                        repair(decision, other);
                    }
                }));
    }

    private void follow(DecidedReply decision, ServerConnection other) {
        FollowingCommand follower = command.follower();
        if (follower == null) {
            repair(decision, other);
            return;
        }
        sendTo(other, follower, new ReplyListener() {
            @Override
            public void answered(byte[] bytes, ReplyLine meaning) {
                if (follower.agrees(decision.bytes(), bytes, meaning)) {
                    conclude(decision);
                } else {
                    repair(decision, other);
                }
            }

            @Override
            public void failed(ServerFailure failure) {
                missedBy(other);
                conclude(decision);
            }
        });
    }

    /**
     * Overwrites the other copy with the decider's item. A server that cannot store the item has no copy, as after an
     * eviction. If the copy fails while the decider serves, the other server goes out.
     */
    private void repair(DecidedReply decision, ServerConnection other) {
        if (!decision.stands()) {
            withdraw(decision, other);
            return;
        }
        copy(decision.decider, other, CopyReason.OVERWRITE, outcome -> {
            boolean stands = decision.stands();
            if (outcome == CopyOutcome.FAILED && !stands) {
                withdraw(decision, other);
            } else if (outcome == CopyOutcome.CANNOT && !stands) {
                fail(ServerFailure.CONNECTION_LOST);
                end();
            } else {
                if (outcome == CopyOutcome.FAILED) {
                    missedBy(other);
                }
                conclude(decision);
            }
        });
    }

    /**
     * Keeps the other copy, which may be the old one, because the decider is lost and no reachable server has the write.
     * The client gets an error. If it already got its reply ({@code acknowledge: primary}), deletes the old copy instead.
     */
    private void withdraw(DecidedReply decision, ServerConnection other) {
        if (answersEarly() && command.effect(decision.meaning()) == WriteEffect.CHANGED) {
            deleteAt(other, this::end);
        } else {
            lost(decision.decider, ServerFailure.CONNECTION_LOST);
        }
    }

    private void conclude(ServerReply reply) {
        ServerConnection lastCopy = unconfirmed();
        if (lastCopy != null) {
            boolean executed = command.effect(reply.meaning()) == WriteEffect.CHANGED;
            failUnconfirmed(lastCopy, executed, ServerFailure.TIMED_OUT);
        } else {
            answer(reply);
            end();
        }
    }
}
