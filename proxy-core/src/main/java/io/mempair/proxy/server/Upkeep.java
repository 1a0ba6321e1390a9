package io.mempair.proxy.server;

import io.mempair.proxy.command.DueFlush;
import io.mempair.proxy.pool.PoolServers;
import io.mempair.proxy.recovery.ServerRecovery;
import io.mempair.proxy.transfer.MarkedServers;
import io.mempair.proxy.transfer.MoveMarkers;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What the first loop does for the whole proxy: the return of servers, a delayed flush, a look at the listeners. */
final class Upkeep {

    /** Milliseconds between two checks of the listeners. */
    private static final long LOOK_MILLIS = 500;

    private Upkeep() {}

    /**
     * Starts it; it ends with the loop.
     *
     * @param servers  those of this moment
     * @param markers  of servers that hold copies nobody keeps equal
     */
    static void start(Loops loops, Supplier<PoolServers> servers, Listeners listeners, MoveMarkers markers) {
        List<ServerRecovery.LoopView> views = loops.all().stream()
                .map(loop -> new ServerRecovery.LoopView(loop.context(), loop.plan()))
                .toList();
        new ServerRecovery(views, servers).start();
        OneLoop first = loops.first();
        new DueFlush(first.context(), first.plan(), servers).start();
        new MarkedServers(first.context(), first.plan(), markers).start();
        first.context()
                .eventLoop()
                .scheduleWithFixedDelay(listeners::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
}
