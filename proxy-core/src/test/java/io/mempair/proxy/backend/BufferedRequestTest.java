package io.mempair.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.backend.BufferedRequest.ReplyListener;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BufferedRequestTest {

    private final List<String> outcomes = new ArrayList<>();

    private final ReplyListener listener = new ReplyListener() {
        @Override
        public void answered(byte[] reply, ReplyLine meaning) {
            outcomes.add(meaning + " " + new String(reply, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void failed(ServerFailure failure) {
            outcomes.add("failed " + failure);
        }
    };

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    @Test
    void aLineIsHandedOnWithItsEnd() {
        ByteBuf in = bytes("..STORED\r\n..");

        new BufferedRequest(ReplyShape.STORED, listener).line(in, 2, 8, ReplyLine.STORED);

        assertThat(outcomes).containsExactly("STORED STORED\r\n");
        in.release();
    }

    @Test
    void theValueOfACounterFollowsItsLineHoweverItIsCut() {
        ByteBuf in = bytes("VA 2 t0\r\n41\r\n");
        for (int cut = 0; cut <= in.readableBytes(); cut++) {
            BufferedRequest request = BufferedRequest.ofWrite(TimedCommand.ARITHMETIC, ReplyShape.META, listener);

            assertThat(request.itemStarts(new byte[0], 0, 0)).isTrue();
            request.itemBytes(in, 0, cut, false);
            request.itemBytes(in, cut, in.readableBytes() - cut, true);
            request.retrievalEnds();

            assertThat(outcomes).as("cut at %d", cut).containsExactly("HD VA 2 t0\r\n41\r\n");
            outcomes.clear();
        }
        in.release();
    }

    @Test
    void aRequestForALineRefusesAValue() {
        assertThat(new BufferedRequest(ReplyShape.META, listener).itemStarts(new byte[0], 0, 0))
                .isFalse();
        assertThat(BufferedRequest.ofLine(TimedCommand.DELETE, ReplyShape.META, listener)
                        .itemStarts(new byte[0], 0, 0))
                .isFalse();
    }

    @Test
    void aLostReplyIsReportedWithItsReason() {
        BufferedRequest.ofWrite(TimedCommand.SET, ReplyShape.STORED, listener).failed(ServerFailure.TIMED_OUT);

        assertThat(outcomes).containsExactly("failed TIMED_OUT");
    }

    @Test
    void theTextForTheLogHasNoLineEnd() {
        assertThat(BufferedRequest.text("SERVER_ERROR out of memory\r\n".getBytes(StandardCharsets.ISO_8859_1)))
                .isEqualTo("SERVER_ERROR out of memory");
    }
}
