package io.mempair.proxy.server;

import io.mempair.proxy.frontend.ClientRegistry;
import io.mempair.proxy.loop.LoopContext;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The event loops of one proxy, filled while the proxy is made. Any thread after that. */
final class Loops {

    /** Milliseconds between two heartbeats of a loop. */
    private static final long BEAT_MILLIS = 100;

    private final List<OneLoop> loops = new ArrayList<>();

    void add(OneLoop loop) {
        loops.add(loop);
    }

    /** All of them; a view. Use the parts of a loop only on that loop. */
    List<OneLoop> all() {
        return Collections.unmodifiableList(loops);
    }

    /** The first one, which does what is done once for the proxy. */
    OneLoop first() {
        return loops.get(0);
    }

    /** Completes when what {@code action} began for every loop has ended; fails if one of them fails. */
    CompletionStage<Void> each(Function<OneLoop, CompletionStage<Void>> action) {
        return CompletableFuture.allOf(loops.stream()
                .map(loop -> action.apply(loop).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    /** Starts the heartbeats and the connections to the servers. The stage completes when each was tried once. */
    CompletionStage<Void> start() {
        return each(loop -> {
            // with a delay: after a pause of the process the missed ones must not follow at once, they would count as
            // time
            loop.context()
                    .eventLoop()
                    .scheduleWithFixedDelay(loop.context()::beat, 0, BEAT_MILLIS, TimeUnit.MILLISECONDS);
            return loop.supply(() -> loop.plan().pool().start()).thenCompose(connecting -> connecting);
        });
    }

    /** Asks one loop to free memory of its clients. */
    void relieve(int number) {
        LoopContext context = loops.get(number).context();
        if (!context.eventLoop().isShuttingDown()) {
            context.eventLoop().execute(() -> context.memory().relieve());
        }
    }

    /**
     * A loop has been granted that stripe of the order of writes, which another loop held. While the proxy closes it may
     * have ended already, and writes nothing more.
     */
    void granted(int number, int stripe) {
        OneLoop loop = loops.get(number);
        EventLoop eventLoop = loop.context().eventLoop();
        if (!eventLoop.isShuttingDown()) {
            eventLoop.execute(() -> loop.plan().order().granted(stripe));
        }
    }

    /** The clients of that loop. */
    ClientRegistry clientsOf(EventLoop eventLoop) {
        for (OneLoop loop : loops) {
            if (loop.context().eventLoop() == eventLoop) {
                return loop.clients();
            }
        }
        throw new AssertionError("a channel on a loop that is not ours");
    }

    /** Nanoseconds since the last turn of each loop. */
    long[] silenceNanos() {
        return loops.stream()
                .map(OneLoop::context)
                .mapToLong(loop -> loop.clockNanos() - loop.lastTurnNanos())
                .toArray();
    }

    /** Drops every client and closes the connections to the servers. */
    void close() {
        for (OneLoop loop : loops) {
            loop.clients().dropAll("proxy closes");
            loop.run(() -> loop.plan().pool().close());
        }
    }

    /** Whether the caller runs on one of them. */
    boolean isCalledOnOne() {
        return loops.stream().anyMatch(loop -> loop.context().eventLoop().inEventLoop());
    }
}
