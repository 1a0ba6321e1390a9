package io.mempair.proxy.server;

import io.mempair.proxy.config.LayoutText;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.replication.LayoutInForce;
import io.mempair.proxy.replication.LayoutKnowledge;
import io.mempair.proxy.replication.LayoutKnowledge.MarkersSeen;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which servers a node of a pair places keys by: while it does not serve, those that the active node says, whatever its own file says;
 * and when it begins to serve, those that led when the active node ended, which the servers' markers decide if that was in a switch. Any
 * thread.
 */
final class LayoutFollower {

    private static final Logger LOG = LoggerFactory.getLogger(LayoutFollower.class);

    /** How the servers of this proxy are changed. */
    interface ServerChanges {
        /** Changes the servers of all loops, as a reload does. */
        CompletableFuture<Void> follow(ProxyConfig next);

        /** What the markers of the leading servers and of those of another pool say. */
        CompletableFuture<MarkersSeen> look(LayoutKnowledge told, PoolConfig other);

        /** Runs a change when the one before it has ended. */
        CompletableFuture<Void> inTurn(Function<ProxyConfig, CompletableFuture<Void>> change);
    }

    private final SetupInUse setup;
    private final LayoutInForce layout;
    private final BooleanSupplier standsBy;
    private final ServerChanges changes;
    private volatile ProxyConfig file;
    private @Nullable LayoutKnowledge succession;

    /**
     * @param layout    which servers lead, as the active node says
     * @param standsBy  whether this node does not serve
     */
    LayoutFollower(SetupInUse setup, LayoutInForce layout, BooleanSupplier standsBy, ServerChanges changes) {
        this.setup = setup;
        this.layout = layout;
        this.standsBy = standsBy;
        this.changes = changes;
        this.file = setup.get().config();
    }

    /** The file was read again, and applied. */
    void reloaded(ProxyConfig next) {
        file = next;
    }

    /** Whether this node places keys as another one says. */
    boolean isTold() {
        return layout.current().isTold();
    }

    /** Whether the servers lead that the active node has told of, and no keys move. */
    boolean leadsAsTold() {
        LayoutKnowledge told = layout.current();
        return !told.isMoving() && LayoutText.of(setup.get().config().pool()).equals(told.leading());
    }

    /** That configuration with the servers by which this node is to place keys while it does not serve. */
    ProxyConfig placed(ProxyConfig wanted) {
        return standsBy.getAsBoolean() && layout.current().isTold()
                ? placedBy(layout.current().leading(), wanted)
                : wanted;
    }

    /** As {@link Proxy#agreedPools}. */
    List<PoolConfig> agreedPools() {
        LayoutKnowledge told = layout.current();
        PoolConfig pool = setup.get().config().pool();
        if (!isTold()) {
            return List.of();
        }
        return told.isMoving()
                ? List.of(LayoutText.read(told.leading(), pool), LayoutText.read(told.other(), pool))
                : List.of(LayoutText.read(told.leading(), pool));
    }

    private static ProxyConfig placedBy(String leading, ProxyConfig config) {
        return config.with(LayoutText.read(leading, config.pool()));
    }

    /** The active node may have told of other servers: places keys by them. */
    void learned() {
        changes.inTurn(this::follow).exceptionally(failure -> {
            notFollowed(failure);
            return null;
        });
    }

    private CompletableFuture<Void> follow(ProxyConfig now) {
        ProxyConfig wanted = layout.current().isTold() ? placed(now) : file;
        return standsBy.getAsBoolean() ? follow(now, wanted) : CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<Void> follow(ProxyConfig now, ProxyConfig wanted) {
        if (LayoutText.of(wanted.pool()).equals(LayoutText.of(now.pool()))) {
            return CompletableFuture.completedFuture(null);
        }
        List<?> servers = wanted.pool().servers();
        return changes.follow(wanted)
                .thenRun(() -> LOG.atInfo()
                        .addKeyValue("servers", servers)
                        .log("places keys by {}, as the active node event=layout_followed", servers));
    }

    private static void notFollowed(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        String reason = String.valueOf(cause.getMessage());
        LOG.atError()
                .addKeyValue("reason", reason)
                .log("cannot place keys as the active node: {} event=layout_not_followed", reason);
    }

    /** This node is about to serve: completes when the servers lead that led last; never fails. */
    CompletableFuture<Void> succeed() {
        return changes.inTurn(this::decide).exceptionally(failure -> {
            notFollowed(failure);
            return null;
        });
    }

    private CompletableFuture<Void> decide(ProxyConfig ignored) {
        LayoutKnowledge told = layout.current();
        PoolConfig pool = setup.get().config().pool();
        if (!isTold() || !told.isMoving()) {
            return follow(setup.get().config());
        }
        return follow(setup.get().config())
                .thenCompose(led -> changes.look(told, LayoutText.read(told.other(), pool))
                        .exceptionally(failure -> new MarkersSeen(false, false, false)))
                .thenCompose(seen -> lead(told, seen));
    }

    private CompletableFuture<Void> lead(LayoutKnowledge told, MarkersSeen seen) {
        LayoutKnowledge now = told.atTakeOver(seen);
        ProxyConfig config = setup.get().config();
        LOG.atWarn()
                .addKeyValue("told", told.stage())
                .addKeyValue("stage", now.stage())
                .addKeyValue("markers", seen)
                .log(
                        "the other node did not finish its rebalance: it told {}, the servers' markers {}, this node goes on with {} event=rebalance_taken_over",
                        told.stage(),
                        seen,
                        now.stage());
        return follow(config, placedBy(now.leading(), config)).thenRun(() -> decided(now));
    }

    private void decided(LayoutKnowledge now) {
        layout.tell(now);
        synchronized (this) {
            succession = now;
        }
    }

    /** What is to go on once clients are served; null if there is nothing. */
    @Nullable
    synchronized LayoutKnowledge takeSuccession() {
        LayoutKnowledge next = succession;
        succession = null;
        return next;
    }
}
