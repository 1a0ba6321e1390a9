package io.mempair.proxy.command;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.meta.MetaAnswerLine;
import io.mempair.proxy.protocol.meta.MetaRequest;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.reply.MetaAnswer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Passes the answer of a server on with the cas ids that clients see. Confined to its loop. */
final class TaggedAnswer implements MetaAnswer {

    private final boolean debug;
    private final boolean keyFirst;
    private final MetaAnswer answer;
    private final LongUnaryOperator ids;

    /** The line of a value that begins, until its first bytes arrive. */
    private byte @Nullable [] line;

    private int serversLineBytes;

    /**
     * @param request  says where the id is in the answer
     * @param answer   receives it
     * @param ids      maps a server's id to the one that clients see
     */
    TaggedAnswer(MetaRequest request, MetaAnswer answer, LongUnaryOperator ids) {
        this.debug = request.command() == Command.ME;
        this.keyFirst = request.asksForKeyFirst();
        this.answer = answer;
        this.ids = ids;
    }

    private byte[] tagged(byte[] servers, int length) {
        return debug
                ? MetaAnswerLine.withIdOfDebug(servers, length, ids)
                : MetaAnswerLine.withId(servers, length, keyFirst, ids);
    }

    @Override
    public boolean valueStarts(byte[] servers, int length) {
        byte[] own = tagged(servers, length);
        line = own;
        serversLineBytes = length;
        return answer.valueStarts(own, own.length);
    }

    /** The first piece contains the whole line. */
    @Override
    public void valueBytes(ByteBuf in, int index, int length, boolean last) {
        byte[] own = line;
        if (own == null) {
            answer.valueBytes(in, index, length, last);
            return;
        }
        line = null;
        ByteBuf first = Unpooled.wrappedBuffer(own);
        answer.valueBytes(first, 0, own.length, false);
        first.release();
        if (length > serversLineBytes) {
            answer.valueBytes(in, index + serversLineBytes, length - serversLineBytes, last);
        }
    }

    @Override
    public void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        byte[] servers = new byte[length];
        in.getBytes(index, servers);
        ByteBuf own = Unpooled.wrappedBuffer(tagged(servers, length));
        answer.line(own, 0, own.readableBytes(), meaning);
        own.release();
    }

    @Override
    public void failed(ServerFailure failure) {
        answer.failed(failure);
    }
}
