package io.mempair.proxy.backend;

import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@code stats} command to one server; collects the reply. The reply is bounded: a server that exceeds the bound
 * loses its connection.
 */
public final class StatsRequest extends ServerRequest {

    /** Receives the reply; exactly one of the methods is called, once, on the loop. */
    public interface StatsListener {
        /** The complete list; empty after {@code stats reset}. */
        void listed(List<Stat> stats);

        /** The server answered with an error: it does not support the argument. */
        void refused();

        /** The connection was lost: no reply will arrive. */
        void failed();
    }

    /** Most lines of a reply; the longest, {@code stats sizes}, has one per 32 bytes of the longest item. */
    private static final int MAX_LINES = 65_536;

    /** Most characters of names and values in a reply. */
    private static final int MAX_CHARACTERS = 2 << 20;

    private final StatsListener listener;
    private final boolean fenced;
    private final List<Stat> stats = new ArrayList<>();
    private int characters;

    /** @param listener  called on the loop of the connection */
    public StatsRequest(StatsListener listener) {
        this(listener, true);
    }

    private StatsRequest(StatsListener listener, boolean fenced) {
        this.listener = listener;
        this.fenced = fenced;
    }

    /** An internal query, which a standby sends too. */
    static StatsRequest ours(StatsListener listener) {
        return new StatsRequest(listener, false);
    }

    @Override
    protected boolean isFenced() {
        return fenced;
    }

    @Override
    protected ReplyShape shape() {
        return ReplyShape.STATS;
    }

    @Override
    protected boolean stat(Stat stat) {
        characters += stat.name().length() + stat.value().length();
        stats.add(stat);
        return stats.size() <= MAX_LINES && characters <= MAX_CHARACTERS;
    }

    @Override
    protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        if (meaning.isError()) {
            listener.refused();
        } else {
            listener.listed(stats);
        }
    }

    @Override
    protected void failed(ServerFailure failure) {
        listener.failed();
    }
}
