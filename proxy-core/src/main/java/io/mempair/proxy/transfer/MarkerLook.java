package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.MarkerRequest;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.rebalance.MoveMarker;
import io.mempair.proxy.replication.LayoutKnowledge;
import io.mempair.proxy.replication.LayoutKnowledge.MarkersSeen;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What the markers of two lists of servers say of a rebalance that another node has begun. Confined to the loop of the connections. */
public final class MarkerLook {

    /** Longest wait for the servers; nobody is served meanwhile. */
    private static final long LIMIT_MILLIS = 500;

    private final LayoutKnowledge told;
    private final MoveMarkers known;
    private boolean firstLeads;
    private boolean otherLeads;
    private boolean answered;

    private MarkerLook(LayoutKnowledge told, MoveMarkers known) {
        this.told = told;
        this.known = known;
    }

    /**
     * Asks all servers that can be asked.
     *
     * @param loop     the current one
     * @param told     the two layouts
     * @param leading  servers of the first one
     * @param other    servers of the other one
     * @param known    of servers that were refused because of their marker
     */
    public static CompletableFuture<MarkersSeen> at(
            LoopContext loop,
            LayoutKnowledge told,
            List<ServerConnection> leading,
            List<ServerConnection> other,
            MoveMarkers known) {
        MarkerLook look = new MarkerLook(told, known);
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        leading.forEach(server -> answers.add(look.ask(server, false)));
        other.forEach(server -> answers.add(look.ask(server, true)));
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, LIMIT_MILLIS, TimeUnit.MILLISECONDS)
                .thenApplyAsync(
                        asked -> new MarkersSeen(look.firstLeads, look.otherLeads, look.answered), loop.eventLoop());
    }

    private CompletableFuture<Void> ask(ServerConnection server, boolean ofOther) {
        String refused = known.refused().get(server.state().address());
        if (refused != null) {
            saw(Optional.of(refused), ofOther);
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> asked = new CompletableFuture<>();
        if (!server.usable()) {
            asked.complete(null);
            return asked;
        }
        MarkerRequest.ask(
                server,
                marker -> {
                    saw(marker, ofOther);
                    asked.complete(null);
                },
                () -> asked.complete(null));
        return asked;
    }

    private void saw(Optional<String> text, boolean ofOther) {
        answered |= ofOther;
        Optional<MoveMarker> marker = text.flatMap(MoveMarker::read);
        firstLeads |= marker.filter(read ->
                        read.former().equals(told.leading()) && read.next().equals(told.other()))
                .isPresent();
        otherLeads |= marker.filter(read ->
                        read.former().equals(told.other()) && read.next().equals(told.leading()))
                .isPresent();
    }
}
