package io.mempair.ha.agent;

import io.mempair.ha.election.Election;
import io.mempair.ha.election.Role;
import io.mempair.proxy.replication.LayoutKnowledge;
import io.mempair.proxy.server.Proxy;
import io.mempair.proxy.transfer.RebalanceProgress;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The rebalance of a pair as an operator asks a node about it: the active node carries it out, the other one is told. Any thread. */
final class PairRebalance {

    private final Proxy proxy;
    private final Supplier<Election> election;

    PairRebalance(Proxy proxy, Supplier<Election> election) {
        this.proxy = proxy;
        this.election = election;
    }

    /** As {@link Node#rebalance}. */
    String state() {
        LayoutKnowledge told = proxy.knowledge().layout();
        if (!isActive() && told.isMoving()) {
            return "the active node moves keys (" + told.stage().name().toLowerCase(Locale.ROOT) + ')' + askIt();
        }
        return proxy.rebalance().map(RebalanceProgress::toString).orElse("no rebalance since the start");
    }

    /** As {@link Node#abortRebalance}. */
    CompletionStage<String> abort() {
        return isActive() ? proxy.abortRebalance() : notHere();
    }

    /** As {@link Node#finishRebalance}. */
    CompletionStage<String> finish() {
        return isActive() ? proxy.finishRebalance() : notHere();
    }

    private CompletionStage<String> notHere() {
        return CompletableFuture.failedFuture(new IllegalStateException("this node is not active" + askIt()));
    }

    private String askIt() {
        String active = election.get().activeNode();
        return active == null ? ", and no other node is" : ": ask " + active;
    }

    private boolean isActive() {
        return election.get().role() == Role.ACTIVE;
    }
}
