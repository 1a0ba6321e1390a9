package io.mempair.proxy.command.stats;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.reply.ReplySlot;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code stats} in the text protocol, including {@code stats magent}, which exists only there. */
public final class TextStats {

    private static final String MAGENT = "magent";

    /** The reply is one line. */
    private static final String RESET = StatsTopic.RESET.argument();

    private final ServingPlan plan;
    private final StatsCommand command;

    /** The last list and its bytes: many clients may share one answer. */
    private StatsAnswer.@Nullable Listed written;

    private byte[] writtenBytes = {};

    public TextStats(ServingPlan plan, StatsCommand command) {
        this.plan = plan;
        this.command = command;
    }

    /**
     * Answers {@code stats argument} in {@code slot}; empty for the general list.
     *
     * @return whether more requests may follow. Programs like memcached-tool read a list up to its END and do not
     *     expect an error, so only closing the connection ends their wait
     */
    public boolean answer(String argument, ReplySlot slot) {
        if (argument.equals(MAGENT)) {
            slot.completeWith(magent());
            return true;
        }
        boolean[] refusedAtOnce = {false};
        command.ask(argument, answer -> {
            refusedAtOnce[0] = answer instanceof StatsAnswer.Refused;
            slot.completeWith(bytes(answer));
        });
        return !refusedAtOnce[0] || argument.equals(RESET);
    }

    @SuppressWarnings("ReferenceEquality") // the same answer, not an equal one
    private byte[] bytes(StatsAnswer answer) {
        if (answer instanceof StatsAnswer.Listed listed) {
            if (listed != written) {
                writtenBytes = list(listed.stats());
                written = listed;
            }
            return writtenBytes;
        }
        if (answer instanceof StatsAnswer.Refused refused) {
            return TextReplies.line(refused.line());
        }
        return answer instanceof StatsAnswer.Reset ? TextReplies.RESET : TextReplies.ERROR;
    }

    private static byte[] list(List<Stat> stats) {
        StringBuilder out = new StringBuilder(40 * stats.size() + 8);
        for (Stat stat : stats) {
            out.append("STAT ")
                    .append(stat.name())
                    .append(' ')
                    .append(stat.value())
                    .append("\r\n");
        }
        return out.append("END\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The reply of magent 0.6, for scripts that parse it: primaries only, numbered from 1. */
    private byte[] magent() {
        StringBuilder out = new StringBuilder("memcached agent v0.6\r\n");
        for (int i = 0; i < plan.pool().primaries().size(); i++) {
            ServerState state = plan.pool().primaries().server(i).state();
            out.append("matrix ")
                    .append(i + 1)
                    .append(" -> ")
                    .append(state.address())
                    .append(", pool size ")
                    .append(state.connections())
                    .append("\r\n");
        }
        return out.append("END\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }
}
