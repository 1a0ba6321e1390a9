package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextRequest;
import io.mempair.proxy.replication.CasTag;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.reply.ReplySlot;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** A classic write to two copies. */
public final class ReplicatedTextCommand implements ReplicatedCommand {

    /** Bytes a line may grow by: another command word, an id of 20 digits. */
    private static final int SLACK_BYTES = 32;

    private final TextRequest request;
    private final ReplySlot slot;

    /** @param request  a private copy, not the parser's instance */
    public ReplicatedTextCommand(TextRequest request, ReplySlot slot) {
        this.request = request;
        this.slot = slot;
    }

    @Override
    public Key key() {
        return Key.of(request.bytes(), request.keyOffset(), request.keyLength());
    }

    @Override
    public boolean oneDecides() {
        return request.command() == Command.TOUCH || request.command().isConditional();
    }

    @Override
    public boolean changed(ReplyLine meaning) {
        return meaning == ReplyLine.STORED || meaning == ReplyLine.NUMBER || meaning == ReplyLine.TOUCHED;
    }

    @Override
    public boolean done(ReplyLine meaning) {
        return request.command() == Command.DELETE
                ? meaning == ReplyLine.DELETED || meaning == ReplyLine.NOT_FOUND
                : meaning == ReplyLine.STORED;
    }

    @Override
    public boolean settles(ReplyLine meaning) {
        return meaning == ReplyLine.DELETED;
    }

    @Override
    public boolean agrees(byte[] decided, byte[] followed, ReplyLine meaning) {
        return changed(meaning) && (meaning != ReplyLine.NUMBER || Arrays.equals(decided, followed));
    }

    /** The command to send: as asked to the decider, an unconditional one to the other server. */
    private Command sent(boolean following) {
        Command command = request.command();
        boolean stores = command == Command.ADD || command == Command.REPLACE || command == Command.CAS;
        return following && stores ? Command.SET : command;
    }

    @Override
    public boolean followsByCopy() {
        return false;
    }

    /** Storage commands only: no other classic command can set a cas id. */
    @Override
    public boolean makesId(int longestItemBytes) {
        return request.command().kind() == Command.CommandKind.STORAGE
                && IdentifiedText.canCarry(request, longestItemBytes);
    }

    @Override
    public ReplicatedCommand identified(long id) {
        return new IdentifiedText(this, request, slot, id);
    }

    @Override
    public ReplyShape shape(boolean following) {
        return ReplyShape.of(sent(following));
    }

    @Override
    public TimedCommand timedAs(boolean following) {
        return TimedCommand.of(sent(following));
    }

    @Override
    public boolean carriesData(boolean following) {
        return true;
    }

    @Override
    public int lineBytes() {
        return request.lineBytes() + SLACK_BYTES;
    }

    @Override
    public void appendLine(ByteBuf out, boolean following, int tag) {
        Command command = sent(following);
        if (command != request.command()) {
            request.appendLineAs(command, 4, out);
        } else if (command == Command.CAS) {
            request.appendCas(out, id -> CasTag.meant(tag, id));
        } else {
            request.appendLine(out);
        }
    }

    @Override
    public void appendDeletion(ByteBuf out) {
        request.appendDeletion(out);
    }

    @Override
    public ReplyShape deletionShape() {
        return ReplyShape.DELETED;
    }

    @Override
    public void answer(byte[] line, ReplyLine meaning, int tag) {
        slot.completeWith(line);
    }

    @Override
    public void failed(ServerFailure failure) {
        slot.fail(failure.reply());
    }
}
