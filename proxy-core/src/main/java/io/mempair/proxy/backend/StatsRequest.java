package io.mempair.proxy.backend;

import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@code stats} line to one server, its answer gathered. What is gathered is bounded: a server that goes on
 * for ever loses its connection.
 */
public final class StatsRequest extends ServerRequest {

    /** Who gets the answer; exactly one of the methods is called, once, on the loop. */
    public interface StatsListener {
        /** The whole list; empty after {@code stats reset}. */
        void listed(List<Stat> stats);

        /** The server answered with an error: it does not know the question. */
        void refused();

        /** There will be no answer: the connection was lost. */
        void failed();
    }

    /** Lines of one answer; the longest, {@code stats sizes}, has one for each 32 bytes up to the longest item. */
    private static final int MAX_LINES = 65_536;

    /** Characters of names and values of one answer. */
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

    /** A question about the server itself, which a standby asks too. */
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
