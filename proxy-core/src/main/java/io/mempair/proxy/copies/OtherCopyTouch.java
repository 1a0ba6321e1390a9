package io.mempair.proxy.copies;

import io.mempair.proxy.backend.BufferedRequest;
import io.mempair.proxy.backend.BufferedRequest.ReplyListener;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.refill.AbandonedMark;
import io.mempair.proxy.replication.ReplicaState;

/**
 * Sets the lifetime of the other copy, after a read has set that of the copy it found; then answers the client. A missing
 * copy is harmless. An unknown outcome is not, so the key is journaled.
 */
final class OtherCopyTouch implements ReplyListener {

    private final ReplicatedRead read;
    private final ServerConnection server;

    private OtherCopyTouch(ReplicatedRead read, ServerConnection server) {
        this.read = read;
        this.server = server;
    }

    /** Sends the command to that server, and ends the read when the outcome is known. */
    static void send(ReplicatedRead read, ServerConnection server) {
        OtherCopyTouch touch = new OtherCopyTouch(read, server);
        if (read.isAlone() && server.state().replica().refill().mayHoldMarks()) {
            touch.withoutMark();
        } else {
            touch.send();
        }
    }

    /** The life of a mark that a copy which broke off has left must not be prolonged. */
    private void withoutMark() {
        AbandonedMark.remove(server, read.key(), removed -> {
            try {
                if (removed) {
                    send();
                } else {
                    endWithout();
                }
            } catch (RuntimeException | Error defect) {
                read.broken(defect);
            }
        });
    }

    private void send() {
        if (server.serves()) {
            server.send(BufferedRequest.ofLine(TimedCommand.TOUCH, read.touchShape(), this), read::appendTouch);
        } else {
            endWithout();
        }
    }

    @Override
    public void answered(byte[] reply, ReplyLine meaning) {
        if (meaning.isError()) {
            endWithout();
        } else {
            read.endWithHit();
        }
    }

    @Override
    public void failed(ServerFailure failure) {
        endWithout();
    }

    /** Answers once the peers know that this server is out: the reply relies on nobody reading its copy. */
    private void endWithout() {
        ReplicaState replica = server.state().replica();
        if (!replica.missed(read.key())) {
            replica.differs(read.key(), read.otherThan(server).state().replica());
            read.endWithFailure(ServerFailure.TIMED_OUT);
            return;
        }
        PeerAckBarrier.of(
                replica, read.reads.loop(), read::endWithHit, () -> read.endWithFailure(ServerFailure.TIMED_OUT));
    }
}
