package io.mempair.proxy.server;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.FailureText;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Servers connected at an address that their name no longer has. While a loop is connected the name is not resolved
 * again elsewhere: the process there may run for long, and its state would be lost.
 *
 * @param moves    by server
 * @param remarks  for the operator, one for each server that has moved or whose name cannot be looked up now
 */
record MovedNames(Map<ServerState, Move> moves, List<String> remarks) {

    /** Milliseconds for one lookup; a name without an answer keeps its address. */
    private static final long LIMIT_MILLIS = 2_000;

    static final MovedNames NONE = new MovedNames(Map.of(), List.of());

    /**
     * One server that has moved.
     *
     * @param from  where it is connected to
     * @param to    what its name means now; at least one
     */
    record Move(ServerState server, InetAddress from, List<InetAddress> to) {

        /** The text for the operator. */
        @Override
        public String toString() {
            return server.address() + " moved from " + from.getHostAddress() + " to "
                    + to.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
        }
    }

    /** The result of one lookup: at most one of the two is present. */
    private record LookupResult(
            @Nullable Move move, @Nullable String remark) {}

    /**
     * Resolves the names of these servers in parallel; never fails.
     *
     * @param lookUp  the addresses of a name; may complete late, or fail
     */
    static CompletableFuture<MovedNames> among(
            List<ServerState> servers, Function<String, CompletableFuture<List<InetAddress>>> lookUp) {
        List<CompletableFuture<LookupResult>> answers = new ArrayList<>();
        for (ServerState server : servers) {
            InetAddress from = server.connectedTo();
            if (from != null && !server.address().isLiteral()) {
                answers.add(lookUp.apply(server.address().host())
                        .thenApply(found -> found)
                        .orTimeout(LIMIT_MILLIS, TimeUnit.MILLISECONDS)
                        .handle((found, failure) -> answer(server, from, found, failure)));
            }
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(
                        all -> of(answers.stream().map(CompletableFuture::join).toList()));
    }

    private static LookupResult answer(
            ServerState server, InetAddress from, @Nullable List<InetAddress> found, Throwable failure) {
        if (found != null) {
            return new LookupResult(found.contains(from) ? null : new Move(server, from, found), null);
        }
        String why = failure instanceof TimeoutException
                ? "name '" + server.address().host() + "': no answer of the name server in " + LIMIT_MILLIS + " ms"
                : FailureText.of(failure.getCause() == null ? failure : failure.getCause());
        return new LookupResult(null, why + ": " + server.address() + " stays at " + from.getHostAddress());
    }

    private static MovedNames of(List<LookupResult> answers) {
        Map<ServerState, Move> moves = answers.stream()
                .map(LookupResult::move)
                .filter(move -> move != null)
                .collect(Collectors.toMap(Move::server, Function.identity()));
        List<String> remarks = answers.stream()
                .map(answer ->
                        answer.move() == null ? answer.remark() : answer.move().toString())
                .filter(remark -> remark != null)
                .toList();
        return new MovedNames(moves, remarks);
    }

    /** The move of that server, if it has moved. */
    Optional<Move> of(ServerState server) {
        return Optional.ofNullable(moves.get(server));
    }
}
