package io.mempair.proxy.refill;

import io.mempair.proxy.backend.BufferedRequest.ReplyListener;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;

/**
 * A target without meta commands: an old memcached, or a proxy. A {@code cas} of an item that expires at once replaces
 * {@code md} with an id; a classic {@code delete} would also remove an item stored in between.
 */
final class ClassicTarget extends CopyTarget {

    ClassicTarget(ServerConnection server, KeyToken key) {
        super(server, key);
    }

    /** {@code add} does not return the id, so {@link #look} asks for it; by then the mark may be gone or replaced. */
    @Override
    void lease(LeaseListener listener) {
        emptyItem("add ", MARK_FLAGS, MARK_SECONDS, "");
        sent(ReplyShape.STORED, outcome(new StepListener() {
            @Override
            public void done() {
                look(listener);
            }

            @Override
            public void refused() {
                listener.taken(0);
            }

            @Override
            public void cannot() {
                listener.cannot();
            }

            @Override
            public void failed() {
                listener.failed();
            }
        }));
    }

    @Override
    void look(LeaseListener listener) {
        if (!connected()) {
            listener.failed();
            return;
        }
        endLine(line("gets "));
        sent(ItemRead.classic(key.bytes(), new ItemRead.ReadListener() {
            @Override
            public void found(ItemRead.StoredItem item, ByteRanges data) {
                data.release();
                if (item.isLease() && item.id() > 0) {
                    listener.marked(item.id());
                } else {
                    listener.taken(item.id());
                }
            }

            @Override
            public void absent() {
                listener.empty();
            }

            @Override
            public void failed() {
                listener.failed();
            }
        }));
    }

    @Override
    void store(long id, ItemRead.StoredItem item, long exptime, ByteRanges data, StepListener listener) {
        ByteBuf out = line("cas ");
        ascii(out, " " + item.flags() + " " + exptime + " " + item.valueBytes() + " " + id);
        endLine(out);
        data(data);
        sent(ReplyShape.STORED, outcome(listener));
    }

    @Override
    void takeAway(long id, StepListener listener) {
        emptyItem("cas ", "0", "-1", " " + id);
        sent(ReplyShape.STORED, outcome(listener));
    }

    private void emptyItem(String word, String flags, String exptime, String id) {
        ByteBuf out = line(word);
        ascii(out, " " + flags + " " + exptime + " 0" + id);
        endLine(out);
        endLine(out);
    }

    private static ReplyListener outcome(StepListener listener) {
        return new ReplyListener() {
            @Override
            public void answered(byte[] reply, ReplyLine meaning) {
                if (meaning == ReplyLine.STORED) {
                    listener.done();
                } else if (meaning == ReplyLine.SERVER_ERROR) {
                    listener.cannot();
                } else if (meaning.isError()) {
                    listener.failed();
                } else {
                    listener.refused();
                }
            }

            @Override
            public void failed(ServerFailure failure) {
                listener.failed();
            }
        };
    }
}
