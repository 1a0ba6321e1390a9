package io.mempair.proxy.command.binary;

import io.mempair.proxy.command.stats.StatsAnswer;
import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.protocol.binary.BinaryReplies;
import io.mempair.proxy.protocol.binary.BinaryRequest;
import io.mempair.proxy.protocol.binary.Status;
import io.mempair.proxy.reply.ReplySlot;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Sends statistics as packets, one per name, terminated by an empty one. */
final class StatPackets implements Consumer<StatsAnswer> {

    private final BinaryRequest request;
    private final ReplySlot slot;

    /** @param request  a private copy, not the parser's instance */
    StatPackets(BinaryRequest request, ReplySlot slot) {
        this.request = request;
        this.slot = slot;
    }

    @Override
    public void accept(StatsAnswer answer) {
        if (answer instanceof StatsAnswer.Listed listed) {
            for (Stat stat : listed.stats()) {
                slot.bytes(BinaryReplies.stat(request, stat.name(), stat.value()));
            }
            slot.completeWith(BinaryReplies.stat(request, "", ""));
        } else if (answer instanceof StatsAnswer.Reset) {
            slot.completeWith(BinaryReplies.stat(request, "", ""));
        } else if (answer instanceof StatsAnswer.Refused refused) {
            slot.completeWith(refusal(refused.line()));
        } else {
            slot.completeWith(BinaryReplies.of(request, Status.NOT_FOUND));
        }
    }

    private byte[] refusal(String line) {
        Status status = line.startsWith("SERVER_ERROR") ? Status.SERVER_FAILED : Status.INVALID_ARGUMENTS;
        String reason = line.substring(line.indexOf(' ') + 1);
        return BinaryReplies.of(request, status, reason.getBytes(StandardCharsets.US_ASCII));
    }
}
