package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.loop.LoopContext;
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

    /** The same command without its condition: a set where it stores the client's value. */
    private record TextFollower(TextRequest request) implements FollowingCommand {

        private Command sent() {
            Command command = request.command();
            boolean stores = command == Command.ADD || command == Command.REPLACE || command == Command.CAS;
            return stores ? Command.SET : command;
        }

        @Override
        public ReplyShape shape() {
            return ReplyShape.of(sent());
        }

        @Override
        public TimedCommand timedAs() {
            return TimedCommand.of(sent());
        }

        @Override
        public boolean carriesData() {
            return true;
        }

        @Override
        public int lineBytes() {
            return request.lineBytes() + SLACK_BYTES;
        }

        @Override
        public void appendLine(ByteBuf out, int tag) {
            Command command = sent();
            if (command == request.command()) {
                request.appendLine(out);
            } else {
                request.appendLineAs(command, 4, out);
            }
        }

        @Override
        public boolean agrees(byte[] decided, byte[] followed, ReplyLine meaning) {
            return changes(meaning) && (meaning != ReplyLine.NUMBER || Arrays.equals(decided, followed));
        }
    }

    private static boolean changes(ReplyLine meaning) {
        return meaning == ReplyLine.STORED || meaning == ReplyLine.NUMBER || meaning == ReplyLine.TOUCHED;
    }

    @Override
    public Key key() {
        return Key.of(request.bytes(), request.keyOffset(), request.keyLength());
    }

    @Override
    public boolean isConditional() {
        return request.command() == Command.TOUCH || request.command().isConditional();
    }

    @Override
    public boolean isDeletion() {
        return request.command() == Command.DELETE;
    }

    @Override
    public WriteEffect effect(ReplyLine meaning) {
        if (isDeletion()) {
            return WriteEffect.ofDeletion(meaning);
        }
        return changes(meaning) ? WriteEffect.CHANGED : WriteEffect.REFUSED;
    }

    @Override
    public FollowingCommand follower() {
        return new TextFollower(request);
    }

    @Override
    public CopyCommand deletion() {
        return new CopyDeletion(ReplyShape.DELETED, lineBytes(), request::appendDeletion);
    }

    /** Storage commands only: no other classic command can set a cas id. */
    @Override
    public ReplicatedCommand identified(LoopContext loop, int longestItemBytes) {
        boolean can = request.command().kind() == Command.CommandKind.STORAGE
                && IdentifiedText.canCarry(request, longestItemBytes);
        return can ? new IdentifiedText(this, request, slot, loop.newId()) : this;
    }

    @Override
    public ReplyShape shape() {
        return ReplyShape.of(request.command());
    }

    @Override
    public TimedCommand timedAs() {
        return TimedCommand.of(request.command());
    }

    @Override
    public boolean carriesData() {
        return true;
    }

    @Override
    public int lineBytes() {
        return request.lineBytes() + SLACK_BYTES;
    }

    @Override
    public void appendLine(ByteBuf out, int tag) {
        if (request.command() == Command.CAS) {
            request.appendCas(out, id -> CasTag.forServer(tag, id));
        } else {
            request.appendLine(out);
        }
    }

    @Override
    public void answer(byte[] reply, ReplyLine meaning, int tag) {
        slot.completeWith(reply);
    }

    @Override
    public void failed(ServerFailure failure) {
        slot.fail(failure.reply());
    }
}
