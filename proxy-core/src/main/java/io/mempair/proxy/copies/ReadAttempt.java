package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;

/**
 * The request of a {@link ReplicatedRead} to one of the two servers. A subclass parses the reply and calls exactly one of
 * the methods that end it: {@link #found}, {@link #missed}, {@link #refused}.
 */
abstract class ReadAttempt extends ServerRequest {

    final ServerConnection server;
    private final ReplicatedRead read;
    private final boolean refilling;

    /** Whether the reply is complete. An exception while handling it calls {@link #failed} as well. */
    private boolean over;

    ReadAttempt(ReplicatedRead read, ServerConnection server) {
        super(read.command());
        this.read = read;
        this.server = server;
        this.refilling = ReplicatedReadContext.isRefilling(server);
    }

    private void over() {
        if (!over) {
            over = true;
            read.oneOver();
        }
    }

    /** An item begins to arrive; returns whether it goes to the client. */
    final boolean begins() {
        return read.beginsAt(server);
    }

    /** The item was not the requested one. */
    final void beginsNot() {
        read.beginsNot();
    }

    /** The item is complete. */
    final void found() {
        over();
        read.foundAt(server);
    }

    /** The server has no such item, or ({@code leased}) only a refill mark. */
    final void missed(boolean leased) {
        over();
        read.missedAt(server, leased || refilling || ReplicatedReadContext.isRefilling(server));
    }

    /**
     * The server replied with an error. {@code pass} forwards it to the client, unless the other server is still to
     * reply.
     */
    final void refused(Runnable pass) {
        over();
        read.refusedAt(server, pass);
    }

    @Override
    protected final void failed(ServerFailure failure) {
        over();
        read.failedAt(server, failure);
    }
}
