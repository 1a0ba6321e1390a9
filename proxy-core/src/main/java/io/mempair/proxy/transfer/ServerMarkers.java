package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.BufferedRequest;
import io.mempair.proxy.backend.MarkerRequest;
import io.mempair.proxy.backend.MarkerRule;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.rebalance.MoveMarker;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Puts the marker of one rebalance on servers, looks for it, and takes it away. Confined to the loop of the connections. */
final class ServerMarkers {

    private static final byte[] REMOVAL = ascii("delete " + MarkerRule.KEY + "\r\n");

    private final MoveMarker marker;
    private final byte[] addition;

    ServerMarkers(MoveMarker marker) {
        this.marker = marker;
        String text = marker.text();
        this.addition = ascii("set " + MarkerRule.KEY + " 0 0 " + text.length() + "\r\n" + text + "\r\n");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Marks all of them; fails if one does not confirm it. */
    CompletableFuture<Void> put(List<ServerConnection> servers) {
        return each(servers, server -> request(server, addition, ReplyShape.STORED, ReplyLine.STORED));
    }

    /** Takes the marker away; fails unless each server confirms that it has had one. */
    CompletableFuture<Void> takeAway(List<ServerConnection> servers) {
        return each(servers, server -> request(server, REMOVAL, ReplyShape.DELETED, ReplyLine.DELETED));
    }

    /** Takes away a marker that may have gone. */
    static CompletableFuture<Void> clear(ServerConnection server) {
        return request(server, REMOVAL, ReplyShape.DELETED, null);
    }

    /** Whether each has the marker still; fails if one does not answer. */
    CompletableFuture<Boolean> areThere(List<ServerConnection> servers) {
        List<CompletableFuture<Boolean>> answers =
                servers.stream().map(this::isThere).toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> answers.stream().allMatch(CompletableFuture::join));
    }

    private CompletableFuture<Boolean> isThere(ServerConnection server) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        if (!server.usable()) {
            return lost(server);
        }
        MarkerRequest.ask(
                server,
                found -> answer.complete(found.flatMap(MoveMarker::read)
                        .filter(read -> read.number() == marker.number())
                        .isPresent()),
                () -> answer.completeExceptionally(silence(server)));
        return answer;
    }

    private static CompletableFuture<Void> each(
            List<ServerConnection> servers, Function<ServerConnection, CompletableFuture<Void>> step) {
        return CompletableFuture.allOf(servers.stream().map(step).toArray(CompletableFuture[]::new));
    }

    /** @param expected  null if any answer but an error will do */
    private static CompletableFuture<Void> request(
            ServerConnection server, byte[] line, ReplyShape shape, @Nullable ReplyLine expected) {
        if (!server.usable()) {
            return lost(server);
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        BufferedRequest.ReplyListener listener = new BufferedRequest.ReplyListener() {
            @Override
            public void answered(byte[] reply, ReplyLine meaning) {
                if (expected == null ? !meaning.isError() : meaning == expected) {
                    done.complete(null);
                } else {
                    done.completeExceptionally(
                            new IllegalStateException("server " + server.state().address() + " answered '"
                                    + BufferedRequest.text(reply) + "' to its marker"));
                }
            }

            @Override
            public void failed(ServerFailure failure) {
                done.completeExceptionally(silence(server));
            }
        };
        server.send(new BufferedRequest(shape, listener), out -> out.bytes(line));
        return done;
    }

    static <T> CompletableFuture<T> lost(ServerConnection server) {
        return CompletableFuture.failedFuture(silence(server));
    }

    static IllegalStateException silence(ServerConnection server) {
        return new IllegalStateException("server " + server.state().address() + " does not answer");
    }
}
