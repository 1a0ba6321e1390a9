package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.StatsRequest;
import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.rebalance.ServerHoldings;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Asks a server how much it holds and what was done to it. Confined to the loop of the connection. */
final class HoldingsQuery {

    private static final byte[] STATS = TextReplies.line("stats");

    private HoldingsQuery() {}

    /** Asks; fails if the server does not answer, or does not know the command. */
    static CompletableFuture<ServerHoldings> of(ServerConnection server) {
        if (!server.usable()) {
            return ServerMarkers.lost(server);
        }
        CompletableFuture<ServerHoldings> answer = new CompletableFuture<>();
        StatsRequest.StatsListener listener = new StatsRequest.StatsListener() {
            @Override
            public void listed(List<Stat> stats) {
                answer.complete(ServerHoldings.of(stats));
            }

            @Override
            public void refused() {
                answer.completeExceptionally(new IllegalStateException(
                        "server " + server.state().address() + " does not say how much it holds"));
            }

            @Override
            public void failed() {
                answer.completeExceptionally(ServerMarkers.silence(server));
            }
        };
        server.send(new StatsRequest(listener), out -> out.bytes(STATS));
        return answer;
    }
}
