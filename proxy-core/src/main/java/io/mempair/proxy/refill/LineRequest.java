package io.mempair.proxy.refill;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.protocol.Decimal;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/** An internal request with a one-line reply. */
public final class LineRequest extends ServerRequest {

    /** Largest number accepted in a reply. */
    private static final long MAX_NUMBER = Long.MAX_VALUE;

    /** A server's one-line reply. */
    public static final class LineAnswer {

        private final ReplyLine meaning;
        private final byte[] line;

        private LineAnswer(ReplyLine meaning, byte[] line) {
            this.meaning = meaning;
            this.line = line;
        }

        public ReplyLine meaning() {
            return meaning;
        }

        /** The unsigned number after the flag {@code name} of a meta reply, or -1 if it has none. */
        long number(char name) {
            return numberIn(line, line.length, name);
        }

        /** The line without its end, for the log. */
        public String text() {
            return new String(line, StandardCharsets.ISO_8859_1).trim();
        }
    }

    /** Receives the outcome: exactly one of the two is called, once, on the loop. */
    public interface LineListener {
        void answered(LineAnswer answer);

        /** No reply arrived: the outcome of the request is unknown. */
        void failed();
    }

    private final ReplyShape shape;
    private final LineListener listener;

    public LineRequest(ReplyShape shape, LineListener listener) {
        this.shape = shape;
        this.listener = listener;
    }

    @Override
    protected ReplyShape shape() {
        return shape;
    }

    @Override
    protected void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        listener.answered(new LineAnswer(meaning, ByteBufUtil.getBytes(in, index, length)));
    }

    @Override
    protected void failed(ServerFailure failure) {
        listener.failed();
    }

    /** The unsigned number of the token of {@code line[0, length)} that begins with {@code name}, or -1. */
    static long numberIn(byte[] line, int length, char name) {
        int at = flagIn(line, length, name);
        return at < 0 ? -1 : Decimal.unsigned(line, at + 1, tokenEnd(line, at, length), MAX_NUMBER);
    }

    /**
     * Offset of the first token in {@code line[0, length)} that begins with {@code name}, not counting the command; -1
     * if none does.
     */
    static int flagIn(byte[] line, int length, char name) {
        for (int i = 1; i < length; i++) {
            if (line[i] == name && line[i - 1] == ' ') {
                return i;
            }
        }
        return -1;
    }

    private static int tokenEnd(byte[] line, int from, int length) {
        int i = from;
        while (i < length && line[i] != ' ' && line[i] != '\r') {
            i++;
        }
        return i;
    }
}
