package io.mempair.ha.agent;

import io.mempair.ha.election.Effect;
import io.mempair.ha.election.Election;
import io.mempair.ha.election.Event;
import io.mempair.ha.group.Group;
import io.mempair.ha.handover.HandoverMessage;
import io.mempair.ha.handover.HandoverSource;
import io.mempair.ha.handover.HandoverTarget;
import io.mempair.ha.handover.SourceAction;
import io.mempair.ha.handover.TargetAction;
import io.mempair.ha.metrics.HandoverMeters;
import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.handover.ClientHandover;
import io.mempair.proxy.handover.MoveCounts;
import io.mempair.proxy.server.Proxy;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries hand-overs out, at both sides: the election's effects and the peer's messages go to {@link HandoverSource} and {@link
 * HandoverTarget}, and what they decide goes to the proxy, to the peer and back to the election. Agent thread, but for what
 * comes from other threads, which is queued for it.
 */
final class HandoverRun implements HandoverLinks.LinkListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HandoverRun.class);
    private static final long NO_LINK = -1;

    private final HandoverReadiness readiness;
    private final Set<InetAddress> addresses;
    private final ClientHandover clients;
    private final EventQueue events;
    private final HandoverMeters meters;
    private final HandoverLinks links;
    private final DeferredClaim claims;
    private final RetransmissionWatch retransmissions;
    private final HandoverSource source;
    private final HandoverTarget target;
    private long sourceLink = NO_LINK;
    private long sourceEpoch;
    private long quietNanos;
    private MoveCounts copied = MoveCounts.NONE;
    private boolean reigning;
    private volatile boolean addressHeld;
    private CompletionStage<Void> activated = CompletableFuture.completedFuture(null);

    /**
     * @param self       this node's name
     * @param readiness  whether this node can take connections
     * @param addresses  the virtual addresses
     */
    HandoverRun(
            String self,
            HandoverReadiness readiness,
            Set<InetAddress> addresses,
            Proxy proxy,
            Group group,
            EventQueue events,
            HandoverMeters meters) {
        this.readiness = readiness;
        this.addresses = addresses;
        this.clients = proxy.handover();
        this.events = events;
        this.meters = meters;
        this.source = new HandoverSource(self);
        this.target = new HandoverTarget(self);
        this.links = new HandoverLinks(group, this);
        this.claims = new DeferredClaim(proxy, events);
        this.retransmissions = new RetransmissionWatch(clients, meters);
    }

    /** Carries out what concerns hand-overs; returns false for another effect. */
    boolean carryOut(Effect effect, long nowNanos) {
        if (effect instanceof Effect.PrepareHandover prepare) {
            sourceEpoch = prepare.epoch();
            actAsSource(source.prepare(prepare.epoch(), prepare.heir()));
        } else if (effect instanceof Effect.Quiesce quiesce) {
            clients.quiesce(Duration.ofNanos(quiesce.graceNanos()))
                    .whenComplete((done, failure) -> events.put(now -> new Event.Drained(now, quiesce.epoch())));
            quietNanos = nowNanos;
        } else if (effect instanceof Effect.CopyConnections copy) {
            actAsSource(source.copy(copy.epoch()));
        } else if (effect instanceof Effect.CommitHandover commit) {
            actAsSource(source.commit(commit.epoch()));
            countMoved(nowNanos); // a node that stops has no later turn
        } else if (effect instanceof Effect.AbandonHandover abandon) {
            meters.failed();
            actAsSource(source.abandon(abandon.epoch()));
        } else {
            return false;
        }
        return true;
    }

    private void countMoved(long nowNanos) {
        meters.moved(copied, nowNanos - quietNanos);
        long millis = (nowNanos - quietNanos) / 1_000_000;
        LOG.atInfo()
                .addKeyValue("moved", copied.moved())
                .addKeyValue("not_moved", copied.failed())
                .addKeyValue("reasons", copied.notMoved())
                .addKeyValue("ms", millis)
                .log(
                        "{} connections handed over, {} not {} ms={} event=handed_over",
                        copied.moved(),
                        copied.failed(),
                        copied.notMoved(),
                        millis);
    }

    /**
     * A reign begins, before the address is claimed: connections that are this node's serve before a packet can come. The commit
     * may come a moment later than that; the port does not wait for it, because new clients come with the address.
     *
     * @param claim  claims the address: at once, or during a hand-over when the network may send packets here
     */
    void reignBegins(long epoch, long nowNanos, Runnable claim) {
        boolean begins = !reigning;
        reigning = true;
        if (begins && !target.isIdle()) {
            claims.begin(claim, readiness.hostTracks(), nowNanos);
        } else {
            claim.run();
        }
        if (begins) {
            actAsTarget(target.reignBegan(epoch, nowNanos));
        }
    }

    /** The address is released: a claim that waits is none any more. */
    void addressReleased() {
        claims.cancel();
    }

    /** The address is here, and what was to serve does. Any thread. */
    void addressHeld() {
        addressHeld = true;
        clients.settle();
    }

    /** After each turn of the election. */
    void turnEnded(Election next, long nowNanos) {
        if (reigning && !next.mayHaveAddress()) {
            reigning = false;
            addressHeld = false;
            claims.cancel();
            actAsTarget(target.reignEnded());
        }
        claims.tick(nowNanos);
        retransmissions.tick(nowNanos);
        actAsSource(source.tick(nowNanos));
        actAsTarget(target.tick(nowNanos));
    }

    @Override
    public void heard(long link, HandoverMessage message) {
        String why = message instanceof HandoverMessage.Prepare ? readiness.refusalToPeer() : null;
        events.putTask(now -> {
            if (link == sourceLink) {
                actAsSource(source.heard(sourceEpoch, message));
            } else {
                actAsTarget(target.heard(link, message, why, now));
            }
        });
    }

    @Override
    public void lost(long link, String why) {
        events.putTask(now -> {
            if (link == sourceLink) {
                sourceLink = NO_LINK;
                actAsSource(source.lost(sourceEpoch, why));
            } else {
                actAsTarget(target.lost(link));
            }
        });
    }

    private void actAsSource(List<SourceAction> actions) {
        for (SourceAction action : actions) {
            if (action instanceof SourceAction.ConnectTarget connect) {
                sourceLink = links.connect(connect.first().target(), connect.first());
            } else if (action instanceof SourceAction.TellTarget tell) {
                links.send(sourceLink, tell.message());
            } else if (action instanceof SourceAction.LeaveTarget) {
                links.close(sourceLink);
                sourceLink = NO_LINK;
            } else if (action instanceof SourceAction.MakeCopies copies) {
                copy(copies.epoch(), sourceLink);
            } else if (action instanceof SourceAction.TakeBack) {
                clients.takeBack();
            } else if (action instanceof SourceAction.CloseCopied) {
                clients.closeCopies();
            } else {
                report(action);
            }
        }
    }

    private void report(SourceAction action) {
        if (action instanceof SourceAction.ReportPrepared prepared) {
            put(now -> new Event.HandoverPrepared(now, prepared.epoch()));
        } else if (action instanceof SourceAction.ReportCopied done) {
            put(now -> new Event.ConnectionsCopied(now, done.epoch()));
        } else if (action instanceof SourceAction.ReportFailed failed) {
            put(now -> new Event.HandoverFailed(now, failed.epoch(), failed.why()));
        }
    }

    private void put(LongFunction<Event> event) {
        events.put(event);
    }

    private void copy(long epoch, long link) {
        clients.copy(addresses, batch -> links.send(link, new HandoverMessage.CopiedConnections(batch)))
                .whenComplete((counts, failure) -> links.afterwards(link, () -> copied(epoch, link, counts, failure)));
    }

    private void copied(long epoch, long link, @Nullable MoveCounts counts, @Nullable Throwable failure) {
        events.putTask(now -> {
            if (counts == null) {
                LOG.warn("internal error: connections cannot be copied event=handover_failed", failure);
                actAsSource(source.lost(epoch, "the connections cannot be copied"));
            } else if (link == sourceLink) {
                copied = counts;
                actAsSource(source.copied(epoch, counts.moved(), now));
            }
        });
    }

    private void actAsTarget(List<TargetAction> actions) {
        for (TargetAction action : actions) {
            if (action instanceof TargetAction.TellSource tell) {
                links.send(tell.link(), tell.message());
            } else if (action instanceof TargetAction.LeaveSource leave) {
                links.close(leave.link());
            } else if (action instanceof TargetAction.RestoreCopies restore) {
                restore(restore.copies());
            } else if (action instanceof TargetAction.EndRestoring end) {
                clients.restored().whenComplete((counts, failure) -> restored(end.link(), counts, failure));
            } else if (action instanceof TargetAction.Activate) {
                activate();
            } else if (action instanceof TargetAction.Discard) {
                clients.discard();
                claims.after(claims.opened());
            }
        }
    }

    private void restore(byte[] copies) {
        clients.restore(copies).exceptionally(failure -> {
            String why = FailureText.of(failure);
            LOG.atWarn()
                    .addKeyValue("reason", why)
                    .log("connections cannot be restored: {} event=handover_failed", why);
            return null;
        });
    }

    private void restored(long link, @Nullable MoveCounts counts, @Nullable Throwable failure) {
        events.putTask(now -> {
            if (counts == null) {
                LOG.warn("internal error: connections cannot be restored event=handover_failed", failure);
                actAsTarget(target.lost(link));
                links.close(link);
            } else {
                if (counts.failed() > 0) {
                    LOG.atWarn()
                            .addKeyValue("reasons", counts.notMoved())
                            .log("connections not restored: {} event=handover_failed", counts.notMoved());
                }
                actAsTarget(target.restored(link, counts.moved()));
            }
        });
    }

    /** The port first: while connections leave repair mode, the kernel takes their address for one in use. */
    private void activate() {
        CompletionStage<Void> serving = claims.opened().thenCompose(tried -> clients.activate(readiness.hostTracks()));
        claims.after(serving);
        retransmissions.begin();
        activated =
                serving.thenCompose(done -> addressHeld ? clients.settle() : CompletableFuture.completedFuture(null));
    }

    /**
     * Completes when the connections taken serve, at once if there are none. The port must not be opened before: while they
     * leave repair mode, the kernel takes their address for one in use.
     */
    CompletionStage<Void> activated() {
        return activated;
    }

    @Override
    public void close() {
        links.close();
    }
}
