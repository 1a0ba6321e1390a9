package io.mempair.proxy.command.binary;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.protocol.binary.AnswerFlags;
import io.mempair.proxy.protocol.binary.BinaryReplies;
import io.mempair.proxy.protocol.binary.BinaryRequest;
import io.mempair.proxy.protocol.binary.Opcode;
import io.mempair.proxy.protocol.binary.Status;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.reply.MetaAnswer;
import io.mempair.proxy.reply.ReplySlot;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/**
 * Converts a server's reply to a meta command into a binary response. Forwards a value as it arrives, without its line
 * and its line end. A quiet request gets no response for its usual outcome.
 */
final class BinaryAnswer implements MetaAnswer {

    private final BinaryRequest request;
    private final ReplySlot slot;

    /** Bytes of the value's line still to arrive. */
    private int lineBytesLeft;

    /** Bytes of the value still to arrive. */
    private long valueBytesLeft;

    private long cas;
    private long number;

    /** @param request  a private copy, not the parser's instance */
    BinaryAnswer(BinaryRequest request, ReplySlot slot) {
        this.request = request;
        this.slot = slot;
    }

    @Override
    public boolean valueStarts(byte[] line, int length) {
        AnswerFlags answer = new AnswerFlags(line, length - 2);
        lineBytesLeft = length;
        valueBytesLeft = answer.valueBytes();
        cas = answer.number('c');
        if (isCounter()) {
            return true;
        }
        boolean asked = request.opcode().returnsValue() && answer.isOf(request);
        if (asked) {
            slot.bytes(BinaryReplies.item(request, answer.number('f'), valueBytesLeft, cas));
        }
        return asked;
    }

    @Override
    public void valueBytes(ByteBuf in, int index, int length, boolean last) {
        int ofLine = Math.min(lineBytesLeft, length);
        int ofValue = (int) Math.min(valueBytesLeft, length - ofLine);
        lineBytesLeft -= ofLine;
        valueBytesLeft -= ofValue;
        if (isCounter()) {
            addDigits(in, index + ofLine, ofValue);
        } else if (ofValue > 0) {
            slot.bytes(in, index + ofLine, ofValue);
        }
        if (last) {
            valueEnds();
        }
    }

    private void addDigits(ByteBuf in, int index, int length) {
        for (int i = index; i < index + length; i++) {
            number = number * 10 + (in.getByte(i) - '0');
        }
    }

    private void valueEnds() {
        if (isCounter()) {
            succeed(BinaryReplies.number(request, number, cas));
        } else {
            slot.complete();
        }
    }

    private boolean isCounter() {
        return request.opcode().kind() == Opcode.OpcodeKind.ARITHMETIC;
    }

    @Override
    public void line(ByteBuf in, int index, int length, ReplyLine meaning) {
        switch (meaning) {
            case HD -> done(new AnswerFlags(ByteBufUtil.getBytes(in, index, length), length - 2));
            case EN -> miss();
            case EX -> answer(Status.EXISTS);
            case NF -> answer(Status.NOT_FOUND);
            case NS -> answer(notStored());
            default -> refused(in.toString(index, length - 2, StandardCharsets.US_ASCII), meaning);
        }
    }

    private void done(AnswerFlags answer) {
        if (request.opcode() == Opcode.TOUCH && answer.isOf(request)) {
            slot.completeWith(BinaryReplies.item(request, answer.number('f'), 0, answer.number('c')));
        } else if (request.opcode().kind() == Opcode.OpcodeKind.GET
                || request.opcode().kind() == Opcode.OpcodeKind.TOUCH) {
            failed(ServerFailure.BAD_ANSWER);
        } else {
            succeed(BinaryReplies.stored(request, answer.number('c')));
        }
    }

    private void succeed(byte[] packet) {
        if (request.opcode().quiet()) {
            slot.complete();
        } else {
            slot.completeWith(packet);
        }
    }

    private void miss() {
        if (request.opcode().quiet()) {
            slot.complete();
        } else {
            slot.completeWith(BinaryReplies.miss(request));
        }
    }

    /** Infers the status from the request; the meta reply does not contain it. */
    private Status notStored() {
        return switch (request.opcode().loud()) {
            case ADD -> Status.EXISTS;
            case REPLACE -> Status.NOT_FOUND;
            default -> Status.NOT_STORED;
        };
    }

    private void refused(String line, ReplyLine meaning) {
        if (meaning == ReplyLine.ERROR) {
            answer(Status.UNKNOWN_COMMAND);
        } else if (meaning == ReplyLine.CLIENT_ERROR) {
            answer(line.endsWith("non-numeric value") ? Status.NOT_A_NUMBER : Status.INVALID_ARGUMENTS);
        } else if (line.contains("too large")) {
            answer(Status.TOO_LARGE);
        } else if (line.contains("out of memory")) {
            answer(Status.OUT_OF_MEMORY);
        } else {
            serverFailed(line);
        }
    }

    private void answer(Status status) {
        slot.completeWith(BinaryReplies.of(request, status));
    }

    @Override
    public void failed(ServerFailure failure) {
        if (failure == ServerFailure.NO_META) {
            answer(Status.UNKNOWN_COMMAND);
        } else {
            serverFailed(new String(failure.reply(), StandardCharsets.US_ASCII).stripTrailing());
        }
    }

    /**
     * Answers with the text of the SERVER_ERROR as reason. If a value was partly forwarded, closes the client instead.
     */
    private void serverFailed(String line) {
        String reason = line.substring(line.indexOf(' ') + 1);
        slot.fail(BinaryReplies.of(request, Status.SERVER_FAILED, reason.getBytes(StandardCharsets.US_ASCII)));
    }
}
