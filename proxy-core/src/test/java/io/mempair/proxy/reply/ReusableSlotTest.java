package io.mempair.proxy.reply;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.loop.Fence;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.loop.MemoryAccount;
import io.mempair.proxy.loop.OutputBatch;
import io.mempair.proxy.replication.IdClock;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Ticker;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Slots that serve for one reply after the other of a client. */
class ReusableSlotTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final LoopContext loop =
            new LoopContext(channel.eventLoop(), Ticker.systemTicker(), new Fence(), new IdClock(1, 0, 0));
    private final ReplyQueue replies = queue();

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    private ReplyQueue queue() {
        MemoryAccount account = loop.memory().openShared(() -> {});
        return new ReplyQueue(new OutputBatch(loop, channel, account), account, new ReplyQueue.QueueListener() {
            @Override
            public void answered() {}

            @Override
            public void brokenOff() {
                throw new AssertionError("broken off");
            }

            @Override
            public void broken(Throwable defect) {
                throw new AssertionError(defect);
            }
        });
    }

    private static byte[] line(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private String sent() {
        channel.runPendingTasks();
        StringBuilder all = new StringBuilder();
        for (ByteBuf piece = channel.readOutbound(); piece != null; piece = channel.readOutbound()) {
            all.append(piece.toString(StandardCharsets.US_ASCII));
            piece.release();
        }
        return all.toString();
    }

    @Test
    void aSlotThatHasLeftServesForTheNextReply() {
        ReplySlot first = replies.openReusable(false, false);
        first.completeWith(line("1"));
        ReplySlot second = replies.openReusable(false, false);
        second.completeWith(line("2"));

        assertThat(second).isSameAs(first);
        assertThat(sent()).isEqualTo("12");
        assertThat(replies.isIdle()).isTrue();
    }

    @Test
    void aSlotThatWaitsForEarlierOnesIsNotReused() {
        ReplySlot first = replies.openReusable(false, false);
        ReplySlot second = replies.openReusable(false, false);
        second.completeWith(line("2"));
        ReplySlot third = replies.openReusable(false, false);
        third.completeWith(line("3"));
        first.completeWith(line("1"));

        assertThat(second).isNotSameAs(first);
        assertThat(third).isNotSameAs(first).isNotSameAs(second);
        assertThat(sent()).isEqualTo("123");
    }

    @Test
    void aSlotThatHasLeftIgnoresWhatComesLate() {
        ReplySlot slot = replies.openReusable(false, false);
        slot.completeWith(line("1"));
        slot.bytes(line("late"));
        slot.fail(line("late"));

        assertThat(sent()).isEqualTo("1");
        assertThat(replies.isIdle()).isTrue();
    }

    @Test
    void aSlotWithoutReplyServesForOneWithReply() {
        ReplySlot silent = replies.openReusable(true, true);
        silent.completeWith(line("1"));
        ReplySlot next = replies.openReusable(false, true);
        next.completeWith(line("2"));

        assertThat(next).isSameAs(silent);
        assertThat(sent()).isEqualTo("2");
    }

    @Test
    void slotsOfLinesAndOfValuesAreKeptApart() {
        ReplySlot value = replies.openReusable(false, false);
        value.completeWith(line("1"));

        assertThat(replies.openReusable(false, true)).isNotSameAs(value);
    }

    @Test
    void otherSlotsAreNotReused() {
        ReplySlot other = replies.open(false);
        other.completeWith(line("1"));

        assertThat(replies.openReusable(false, false)).isNotSameAs(other);
    }

    @Test
    void aClosedQueueKeepsNone() {
        ReplySlot slot = replies.openReusable(false, false);
        slot.completeWith(line("1"));
        replies.close();

        assertThat(replies.openReusable(false, false)).isNotSameAs(slot);
    }
}
