package io.mempair.proxy.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is next, and how much in a turn. */
class TlsTurnsTest {

    private static final int PIECES_OF_A_TURN = TlsTurns.TURN_BYTES / TlsTurns.PIECE_BYTES;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<String> served = new ArrayList<>();
    private final TlsTurns turns = new TlsTurns(channel.eventLoop());

    TlsTurnsTest() {
        channel.freezeTime();
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    private void join(String name, int pieces) {
        turns.join(new TlsTurns.LargeOutput() {
            private int left = pieces;

            @Override
            public boolean encipher(int bytes) {
                assertThat(bytes).isEqualTo(TlsTurns.PIECE_BYTES);
                served.add(name);
                return --left > 0;
            }

            @Override
            public int waitingBytes() {
                return left * TlsTurns.PIECE_BYTES;
            }
        });
    }

    private void turn() {
        channel.advanceTimeBy(1, TimeUnit.MICROSECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void eachHasOnePieceBeforeAnybodyHasTwo() {
        join("a", 3);
        join("b", 1);
        join("c", 2);

        turn();
        turn();

        assertThat(served).containsExactly("a", "b", "c", "a", "c", "a");
    }

    @Test
    void aTurnIsBounded() {
        for (int client = 0; client < 40; client++) {
            join("client", 2);
        }

        turn();

        assertThat(served).hasSize(PIECES_OF_A_TURN);
        for (int more = 1; more < 80 / PIECES_OF_A_TURN; more++) {
            turn();
        }
        assertThat(served).hasSize(80);
    }

    @Test
    void noMoreWaitsThanMay() {
        int most = TlsTurns.MOST_WAITING_BYTES / TlsTurns.PIECE_BYTES;
        for (int client = 0; client < 400; client++) {
            join("client", 2);
        }

        turn();

        assertThat(served).hasSize(800 - most);
    }

    @Test
    void whoJoinsLaterIsServedToo() {
        join("a", 1);
        turn();
        join("b", 1);
        turn();

        assertThat(served).containsExactly("a", "b");
    }
}
