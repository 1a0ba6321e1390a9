package io.mempair.proxy.server;

import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.transfer.RebalanceRun;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Changes the servers of all loops from those of a rebalance to the others. Any thread. */
final class ServerSwitch implements RebalanceRun.Switcher {

    private final SetupChange changes;
    private final SetupInUse setup;
    private final PoolConfig former;
    private final Setup following;
    private final List<Pool> pools;

    /**
     * @param setup      in use
     * @param former     serves at the beginning
     * @param following  the other one
     * @param pools      of {@code following}, connected
     */
    ServerSwitch(SetupChange changes, SetupInUse setup, PoolConfig former, Setup following, List<Pool> pools) {
        this.changes = changes;
        this.setup = setup;
        this.former = former;
        this.following = following;
        this.pools = pools;
    }

    @Override
    public CompletionStage<Void> switchOver(Supplier<CompletableFuture<Void>> lastStep, Consumer<Pool> beforeUse) {
        Setup now = setup.get();
        return changes.quiesced(() -> lastStep.get().thenCompose(equal -> {
            following.filledSince(now);
            return changes.change(following, pools, beforeUse);
        }));
    }

    @Override
    public CompletionStage<Void> switchBack(Supplier<CompletableFuture<Void>> lastStep) {
        Setup now = setup.get();
        Setup back = now.next(now.config().with(former), MovedNames.NONE);
        return changes.prepare(back)
                .thenCompose(again -> changes.quiesced(() -> lastStep.get().thenCompose(equal -> {
                            back.filledSince(now);
                            return changes.change(back, again, pool -> {});
                        }))
                        .whenComplete((done, failure) -> {
                            if (failure != null) {
                                changes.abandon(now, again);
                            }
                        }));
    }
}
