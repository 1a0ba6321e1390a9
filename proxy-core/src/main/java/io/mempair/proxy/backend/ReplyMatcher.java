package io.mempair.proxy.backend;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.inspect.LoopInspector;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.LoopLatencies;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Gives each reply of a server to the oldest request in flight, and counts how long it took. Confined to the loop of its
 * connection.
 */
final class ReplyMatcher {

    private final LoopContext loop;
    private final ServerAddress server;
    private final InFlightQueue inFlight;
    private final @Nullable LoopLatencies latencies;

    /**
     * @param server     that replies
     * @param inFlight   the requests sent to it
     * @param latencies  of this loop's requests to the server, or null if they are not recorded
     */
    ReplyMatcher(LoopContext loop, ServerAddress server, InFlightQueue inFlight, @Nullable LoopLatencies latencies) {
        this.loop = loop;
        this.server = server;
        this.inFlight = inFlight;
        this.latencies = latencies;
    }

    @Nullable
    LoopLatencies latencies() {
        return latencies;
    }

    /** The shape of the next reply, or null if none is expected. */
    @Nullable
    ReplyShape expected() {
        ServerRequest oldest = inFlight.oldest();
        return oldest == null ? null : oldest.shape();
    }

    /** The request whose reply is arriving. */
    ServerRequest answering() {
        ServerRequest oldest = inFlight.oldest();
        if (oldest == null) {
            throw new AssertionError("reply without a request");
        }
        return oldest;
    }

    /** The oldest request is answered by values and their END. */
    void retrievalEnds() {
        ServerRequest answered = answered();
        try {
            answered.retrievalEnds();
        } catch (RuntimeException | Error defect) {
            neverAnswered(answered);
            throw defect;
        }
        handled();
    }

    /**
     * The oldest request is answered by this line.
     *
     * @return whether the server may have read the data block of that request as commands, so that the connection
     *     must be closed
     */
    boolean line(ByteBuf in, int index, int length, ReplyLine meaning) {
        ServerRequest answered = answered();
        try {
            answered.line(in, index, length, meaning);
        } catch (RuntimeException | Error defect) {
            neverAnswered(answered);
            throw defect;
        }
        handled();
        boolean badFormat = meaning == ReplyLine.CLIENT_ERROR && TextReplies.isBadFormat(in, index, length);
        return meaning.isError() && answered.shape().mayHaveReadDataAsCommands(meaning, badFormat);
    }

    /** Fails a request that is no longer in flight; the caller closes the connection. */
    private void neverAnswered(ServerRequest request) {
        inFlight.fail(request, ServerFailure.CONNECTION_LOST);
    }

    /** Removes and returns the oldest request, whose reply is complete. */
    private ServerRequest answered() {
        ServerRequest request = inFlight.removeOldest();
        LoopLatencies counted = latencies;
        TimedCommand command = request.command;
        if (counted != null && command != null) {
            counted.count(command, loop.nowNanos() - request.sentNanos);
        }
        LoopInspector inspector = loop.inspector();
        if (inspector != null) {
            inspector.handles(server, request.sentNanos);
        }
        return request;
    }

    private void handled() {
        LoopInspector inspector = loop.inspector();
        if (inspector != null) {
            inspector.handled();
        }
    }
}
