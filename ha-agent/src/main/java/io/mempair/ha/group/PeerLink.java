package io.mempair.ha.group;

import io.mempair.ha.thread.VitalThread;
import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.config.ServerAddress;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outgoing messages to one configured peer: a bounded queue and its own thread, because a send to an unreachable
 * peer blocks for a connect timeout. A full queue drops the oldest message: only the newest heartbeat matters. It keeps
 * only the newest server state.
 */
final class PeerLink {

    /** Sends one message to the peer's channel; may block. */
    interface LinkTransport {
        void carry(OutboundMessage letter) throws Exception;
    }

    private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);
    private static final int MAX_QUEUED = 16;

    private final ServerAddress peer;
    private final LinkTransport carrier;
    private final BlockingQueue<Optional<OutboundMessage>> queue = new LinkedBlockingQueue<>(MAX_QUEUED);
    private final Thread thread;
    private volatile @Nullable String failure;

    PeerLink(ServerAddress peer, LinkTransport carrier) {
        this.peer = peer;
        this.carrier = carrier;
        thread = new VitalThread(this::run, "mempair-to-" + peer);
        thread.start();
    }

    void send(OutboundMessage letter) {
        if (letter.kind() == OutboundMessage.MessageKind.TOLD) {
            queue.removeIf(PeerLink::isTold); // otherwise many changes would displace the heartbeats
        }
        while (!queue.offer(Optional.of(letter))) {
            Optional<OutboundMessage> oldest = queue.poll();
            if (oldest != null && oldest.isPresent() && oldest.get().kind() == OutboundMessage.MessageKind.RESIGN) {
                LOG.warn("to {}: resignation not sent, the connection is stuck", peer);
            }
        }
    }

    private static boolean isTold(Optional<OutboundMessage> queued) {
        return queued.isPresent() && queued.get().kind() == OutboundMessage.MessageKind.TOLD;
    }

    /** Ends after the queued messages; waits at most {@code limitMillis}. */
    void close(long limitMillis) {
        while (!queue.offer(Optional.empty())) {
            queue.poll();
        }
        try {
            thread.join(limitMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
    }

    private void run() {
        try {
            for (Optional<OutboundMessage> next = queue.take(); next.isPresent(); next = queue.take()) {
                carry(next.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends a message. Logs once when the link fails and once when it recovers, not at each heartbeat. */
    private void carry(OutboundMessage letter) throws InterruptedException {
        try {
            carrier.carry(letter);
            if (failure != null) {
                LOG.atInfo().addKeyValue("peer", peer).log("to {}: sending works again event=peer_reachable", peer);
                failure = null;
            }
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            if (failure == null) {
                LOG.atInfo()
                        .addKeyValue("peer", peer)
                        .addKeyValue("reason", FailureText.of(e))
                        .log("to {}: cannot send: {} event=peer_unreachable", peer, FailureText.of(e));
                failure = FailureText.of(e);
            }
        }
    }
}
