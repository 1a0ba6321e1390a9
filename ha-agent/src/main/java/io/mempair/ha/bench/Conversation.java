package io.mempair.ha.bench;

import io.netty.buffer.ByteBuf;

/**
 * The dialogue of one connection: requests as its feed provides and its depth allows, every reply matched with the oldest
 * request in flight, verified and counted. Has no channel and no clock; one thread, which passes the time in.
 */
final class Conversation {

    private final int index;
    private final int keysPerGet;
    private final RequestWriter writer;
    private final ReplyReader reader;
    private final Tally tally;
    private final InFlight inFlight;
    private final Request next = new Request();
    private Feed feed;
    private int depth;

    /**
     * @param index  number of the connection, as the feeds count them
     */
    Conversation(int index, BenchConfig config, Dataset dataset, RequestWriter writer, Tally tally, Feed feed) {
        this.index = index;
        this.keysPerGet = config.keysPerGet();
        this.writer = writer;
        this.reader = new ReplyReader(dataset, config.keysPerGet());
        this.tally = tally;
        this.inFlight = new InFlight(config.fillDepth());
        this.depth = config.fillDepth();
        this.feed = feed;
    }

    /** From now on the requests come from there, so many in flight. */
    void follow(Feed feed, int depth) {
        this.feed = feed;
        this.depth = depth;
    }

    /** Whether there is a request to write now; it is taken, and {@link #write} must follow. */
    boolean take(long nowNanos) {
        return inFlight.size() < depth && feed.next(index, nowNanos, next);
    }

    /** Appends the request taken and puts it in flight. */
    void write(ByteBuf out, long nowNanos) {
        writer.write(next, out);
        inFlight.add(next, nowNanos);
    }

    /**
     * Reads replies.
     *
     * @return why the connection can no longer be used; empty if it can
     */
    String read(ByteBuf in, long nowNanos) {
        while (in.isReadable()) {
            if (inFlight.size() == 0) {
                tally.wrong(1, "a reply without a request");
                return "a reply without a request";
            }
            ReplyReader.ReadProgress progress = reader.read(in, inFlight.isSet(), inFlight.key());
            if (progress == ReplyReader.ReadProgress.BROKEN) {
                tally.wrong(reader.wrong(), reader.problem());
                return reader.problem();
            }
            if (progress == ReplyReader.ReadProgress.COMPLETE) {
                complete(nowNanos);
            }
        }
        return "";
    }

    private void complete(long nowNanos) {
        tally.answered(inFlight.intendedNanos(), nowNanos);
        tally.foundValues(reader.found());
        if (reader.wrong() > 0) {
            tally.wrong(reader.wrong(), reader.problem());
        }
        if (reader.failed()) {
            tally.error(reader.problem());
        } else if (!inFlight.isSet()) {
            tally.missed(Math.max(0, keysPerGet - reader.found() - reader.wrong()));
        }
        inFlight.remove();
    }

    /** Whether nothing is in flight. */
    boolean isIdle() {
        return inFlight.size() == 0;
    }

    /** Whether the oldest request in flight was sent longer ago than this. */
    boolean isLate(long nowNanos, long timeoutNanos) {
        return inFlight.size() > 0 && nowNanos - inFlight.sentNanos() > timeoutNanos;
    }

    /** The connection ended; what was in flight is lost. */
    void lost(String problem) {
        tally.lost(inFlight.size(), problem);
        while (inFlight.size() > 0) {
            inFlight.remove();
        }
        reader.restart();
    }

    /** The run is over: what is in flight, and what was due and had no room, stays without answer. */
    void abandon(long nowNanos) {
        while (inFlight.size() > 0) {
            tally.unanswered(inFlight.intendedNanos(), nowNanos);
            inFlight.remove();
        }
        while (feed.next(index, nowNanos, next)) {
            tally.unanswered(next.intendedNanos, nowNanos);
        }
    }
}
