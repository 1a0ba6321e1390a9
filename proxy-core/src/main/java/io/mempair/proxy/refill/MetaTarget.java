package io.mempair.proxy.refill;

import io.mempair.proxy.backend.BufferedRequest.ReplyListener;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.protocol.meta.MetaFlags;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.replication.CasTag;
import io.mempair.proxy.replication.RefillLease;
import io.netty.buffer.ByteBuf;

/** A target that speaks the meta commands. Source: memcached doc/protocol.txt, "Meta Commands". */
final class MetaTarget extends CopyTarget {

    MetaTarget(ServerConnection server, KeyToken key) {
        super(server, key);
    }

    @Override
    void lease(LeaseListener listener) {
        ByteBuf out = line("ms ");
        ascii(out, " 0");
        end(out, " ME T" + MARK_SECONDS + " F" + MARK_FLAGS + " c");
        endLine(out);
        sent(ReplyShape.META_STORED, new ReplyListener() {
            @Override
            public void answered(byte[] reply, ReplyLine meaning) {
                long id = MetaFlags.number(reply, reply.length, 'c');
                if (meaning == ReplyLine.HD && id > 0) {
                    listener.marked(id);
                } else if (meaning == ReplyLine.NS) {
                    listener.taken(0);
                } else if (meaning == ReplyLine.SERVER_ERROR) {
                    listener.cannot();
                } else {
                    listener.failed();
                }
            }

            @Override
            public void failed(ServerFailure failure) {
                listener.failed();
            }
        });
    }

    @Override
    void look(LeaseListener listener) {
        end(line("mg "), " f s c");
        sent(ReplyShape.META, new ReplyListener() {
            @Override
            public void answered(byte[] reply, ReplyLine meaning) {
                long id = MetaFlags.number(reply, reply.length, 'c');
                if (meaning == ReplyLine.EN) {
                    listener.empty();
                } else if (meaning != ReplyLine.HD || id < 0) {
                    listener.failed();
                } else if (RefillLease.is(
                        MetaFlags.number(reply, reply.length, 'f'), MetaFlags.number(reply, reply.length, 's'))) {
                    listener.marked(id);
                } else {
                    listener.taken(id);
                }
            }

            @Override
            public void failed(ServerFailure failure) {
                listener.failed();
            }
        });
    }

    @Override
    void store(long id, ItemRead.StoredItem item, long exptime, ByteRanges data, StepListener listener) {
        ByteBuf out = line("ms ");
        ascii(out, " " + item.valueBytes());
        String own = takesIds() && CasTag.isShared(item.id()) ? " E" + item.id() : "";
        end(out, " C" + id + " T" + exptime + " F" + item.flags() + own);
        data(data);
        sent(ReplyShape.META_STORED, outcome(listener));
    }

    @Override
    void takeAway(long id, StepListener listener) {
        end(line("md "), " C" + id);
        sent(ReplyShape.META, outcome(listener));
    }

    private void end(ByteBuf out, String flags) {
        if (key.encoded()) {
            ascii(out, " b");
        }
        ascii(out, flags);
        endLine(out);
    }

    private static ReplyListener outcome(StepListener listener) {
        return new ReplyListener() {
            @Override
            public void answered(byte[] reply, ReplyLine meaning) {
                if (meaning == ReplyLine.HD) {
                    listener.done();
                } else if (meaning == ReplyLine.EX || meaning == ReplyLine.NF) {
                    listener.refused();
                } else if (meaning == ReplyLine.SERVER_ERROR) {
                    listener.cannot();
                } else {
                    listener.failed();
                }
            }

            @Override
            public void failed(ServerFailure failure) {
                listener.failed();
            }
        };
    }
}
