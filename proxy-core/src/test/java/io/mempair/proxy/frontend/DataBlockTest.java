package io.mempair.proxy.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.LoopMemory;
import io.mempair.proxy.loop.MemoryAccount;
import io.mempair.proxy.loop.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DataBlockTest {

    private static final MemoryAccount ACCOUNT =
            new LoopMemory(MemoryBudget.unlimited(), 0, () -> {}).openShared(() -> {});

    @Test
    void aBlockIsTheSameHoweverItArrives() {
        Random random = new Random(11);
        for (int run = 0; run < 300; run++) {
            byte[] data = new byte[2 + random.nextInt(60_000)];
            random.nextBytes(data);
            data[data.length - 2] = '\r';
            data[data.length - 1] = '\n';
            int typical = 1 + random.nextInt(20_000);

            DataBlock block = new DataBlock(data.length, ACCOUNT);
            boolean whole = false;
            for (int at = 0; at < data.length; ) {
                int length = Math.min(data.length - at, 1 + random.nextInt(typical));
                ByteBuf piece = Unpooled.copiedBuffer(data, at, length);
                whole = block.takeFrom(piece, UnpooledByteBufAllocator.DEFAULT);
                assertThat(piece.isReadable()).isFalse();
                piece.release();
                at += length;
            }

            assertThat(whole).as("run %d", run).isTrue();
            assertThat(block.whole().endsWithLineEnd()).isTrue();
            assertThat(bytesOf(block.whole())).as("run %d", run).isEqualTo(data);
            block.whole().release();
        }
    }

    @Test
    void aBlockIsChargedWholeOnceItIsAnnouncedAndNotWhenItIsGone() {
        DataBlock block = new DataBlock(100_000, ACCOUNT);
        ByteBuf piece = Unpooled.buffer(60_000).writeZero(50_000);

        block.takeFrom(piece, UnpooledByteBufAllocator.DEFAULT);
        assertThat(ACCOUNT.bytes()).isEqualTo(110_000);
        piece.release();
        block.release();

        assertThat(ACCOUNT.bytes()).isZero();
    }

    @Test
    void aSmallPieceDoesNotKeepALargeBuffer() {
        DataBlock block = new DataBlock(100_000, ACCOUNT);
        ByteBuf piece = Unpooled.buffer(131_072).writeZero(5_000);

        block.takeFrom(piece, UnpooledByteBufAllocator.DEFAULT);

        assertThat(piece.refCnt()).isEqualTo(1);
        piece.release();
        block.release();
    }

    @Test
    void whatFollowsTheBlockIsLeft() {
        DataBlock block = new DataBlock(4, ACCOUNT);
        ByteBuf in = Unpooled.copiedBuffer(new byte[] {'h', 'i', '\r', '\n', 'g'});

        assertThat(block.takeFrom(in, UnpooledByteBufAllocator.DEFAULT)).isTrue();
        assertThat(in.readableBytes()).isEqualTo(1);
        block.release();
        assertThat(in.refCnt()).isEqualTo(1);
        in.release();
    }

    @Test
    void aLineEndIsSeenEvenIfItCameInTwoPieces() {
        for (String end : new String[] {"\r\n", "\n\r", "xx", "x\n"}) {
            DataBlock block = new DataBlock(3, ACCOUNT);
            for (char c : ("a" + end).toCharArray()) {
                ByteBuf piece = Unpooled.copiedBuffer(new byte[] {(byte) c});
                block.takeFrom(piece, UnpooledByteBufAllocator.DEFAULT);
                piece.release();
            }
            assertThat(block.whole().endsWithLineEnd()).as("%s", end).isEqualTo(end.equals("\r\n"));
            block.whole().release();
        }
    }

    private static byte[] bytesOf(ByteRanges ranges) {
        ByteBuf out = Unpooled.buffer();
        ranges.copyTo(out::writeBytes);
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    @Test
    void aBufferOfManyValuesIsChargedOnceUntilTheLastOfThemIsGone() {
        ByteBuf in = Unpooled.buffer(50_000).writeZero(40_000);
        List<DataBlock> blocks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            DataBlock block = new DataBlock(1_000, ACCOUNT);
            assertThat(block.takeFrom(in, UnpooledByteBufAllocator.DEFAULT)).isTrue();
            blocks.add(block);
        }
        in.release();
        assertThat(ACCOUNT.bytes()).isEqualTo(50_000);

        blocks.subList(0, 19).forEach(block -> block.whole().release());
        assertThat(ACCOUNT.bytes()).isEqualTo(50_000);
        assertThat(in.refCnt()).isEqualTo(1);

        blocks.get(19).whole().release();
        assertThat(ACCOUNT.bytes()).isZero();
        assertThat(in.refCnt()).isZero();
    }

    /** The allocator gives the same object again for another buffer. */
    @Test
    void aBufferThatWasReleasedIsChargedAgainWhenItHoldsOtherValues() {
        ByteBuf in = Unpooled.buffer(50_000).writeZero(40_000);
        for (int i = 0; i < 2; i++) {
            DataBlock block = new DataBlock(1_000, ACCOUNT);
            block.takeFrom(in, UnpooledByteBufAllocator.DEFAULT);
            assertThat(ACCOUNT.bytes()).isEqualTo(50_000);
            block.whole().release();
            assertThat(ACCOUNT.bytes()).isZero();
        }
        in.release();
    }
}
