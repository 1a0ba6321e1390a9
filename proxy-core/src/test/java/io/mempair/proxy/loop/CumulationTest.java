package io.mempair.proxy.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CumulationTest {

    private static final ByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

    private static ByteBuf read(String text) {
        return ALLOCATOR.buffer(text.length()).writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** 10 MB of lines, each read of which ends in the middle of one. */
    @Test
    void aConnectionThatAlwaysEndsInTheMiddleOfALineNeedsTheRoomOfOneRead() {
        String lines = "\n" + "mn\r\n".repeat(8_000) + "mn\r";
        ByteBuf rest = read("mn\r");
        int most = 0;
        for (int i = 0; i < 300; i++) {
            rest = Cumulation.join(ALLOCATOR, rest, read(lines));
            rest.skipBytes(rest.readableBytes() - 3);
            most = Math.max(most, rest.capacity());
            rest = Cumulation.keep(ALLOCATOR, rest);
        }

        assertThat(most).isLessThan(2 * lines.length());
        assertThat(rest.capacity()).isLessThanOrEqualTo(1_024);
        assertThat(rest.toString(StandardCharsets.ISO_8859_1)).isEqualTo("mn\r");
        rest.release();
    }

    @Test
    void aLongLineThatComesByteByByteNeedsLittleMoreThanItIsLong() {
        ByteBuf line = read("g");
        for (int i = 1; i < 200_000; i++) {
            line = Cumulation.keep(ALLOCATOR, Cumulation.join(ALLOCATOR, line, read("k")));
        }

        assertThat(line.readableBytes()).isEqualTo(200_000);
        assertThat(line.capacity()).isLessThan(220_000);
        line.release();
    }

    /** Reads, skips and slices at random, compared with the plain bytes; what was sliced never changes. */
    @Test
    void noByteIsLostOrMovedUnderASlice() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            StringBuilder expected = new StringBuilder();
            List<ByteBuf> slices = new ArrayList<>();
            List<String> sliced = new ArrayList<>();
            ByteBuf bytes = read("");
            for (int step = 0; step < 40; step++) {
                String more = String.valueOf((char) ('a' + random.nextInt(26)))
                        .repeat(random.nextInt(random.nextBoolean() ? 10 : 5_000));
                expected.append(more);
                bytes = Cumulation.join(ALLOCATOR, bytes, read(more));
                int taken = random.nextInt(bytes.readableBytes() + 1);
                if (random.nextInt(4) == 0) {
                    slices.add(bytes.retainedSlice(bytes.readerIndex(), taken));
                    sliced.add(expected.substring(0, taken));
                }
                bytes.skipBytes(taken);
                expected.delete(0, taken);
                bytes = Cumulation.keep(ALLOCATOR, bytes);
                assertThat(bytes.toString(StandardCharsets.ISO_8859_1))
                        .as("seed %d", seed)
                        .isEqualTo(expected.toString());
            }
            for (int i = 0; i < slices.size(); i++) {
                assertThat(slices.get(i).toString(StandardCharsets.ISO_8859_1))
                        .as("seed %d", seed)
                        .isEqualTo(sliced.get(i));
                slices.get(i).release();
            }
            bytes.release();
            assertThat(bytes.refCnt()).isZero();
        }
    }
}
