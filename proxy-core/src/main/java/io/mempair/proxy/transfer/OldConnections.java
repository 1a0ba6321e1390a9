package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.recovery.ServerRecovery.LoopView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Ends the wait for lost connections that a server never closes, as after a cut of the network: they are reset, so that what the
 * server has not received never reaches it. Confined to the first loop.
 */
final class OldConnections {

    /** Nanoseconds for lost connections to drain. A server that answers on new connections has read the old ones by then. */
    private static final long LIMIT_NANOS = 2_000_000_000L;

    private final Route route;
    private final List<LoopView> loops;
    private final Map<ServerState, Long> drainingSinceNanos = new HashMap<>();

    OldConnections(Route route, List<LoopView> loops) {
        this.route = route;
        this.loops = loops;
    }

    /** Looks at every server; call it now and then. */
    void look(long nowNanos) {
        Stream.concat(route.sources().stream(), route.targets().stream()).forEach(server -> look(server, nowNanos));
    }

    private void look(ServerConnection server, long nowNanos) {
        ServerState state = server.state();
        if (!state.up() || state.draining() == 0) {
            drainingSinceNanos.remove(state);
            return;
        }
        Long since = drainingSinceNanos.putIfAbsent(state, nowNanos);
        if (since != null && nowNanos - since > LIMIT_NANOS) {
            drainingSinceNanos.remove(state);
            server.abortDrain();
            for (LoopView loop : loops) {
                loop.loop().eventLoop().execute(() -> abort(loop, state));
            }
        }
    }

    private static void abort(LoopView loop, ServerState state) {
        ServerConnection connection = loop.plan().pool().connectionTo(state);
        if (connection != null) {
            connection.abortDrain();
        }
    }
}
