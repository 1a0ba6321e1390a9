package io.mempair.proxy.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.replication.Key;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LateKeysTest {

    private final LateKeys late = new LateKeys(1_000);

    private static Key key(String text) {
        return Key.of(text.getBytes(StandardCharsets.US_ASCII), 0, text.length());
    }

    @Test
    void givesEachKeyOnceOldestFirst() {
        late.written(key("a"));
        late.written(key("b"));
        late.written(key("a"));
        assertThat(late.next()).isEqualTo(key("a"));
        late.written(key("a"));
        assertThat(late.next()).isEqualTo(key("b"));
        assertThat(late.next()).isEqualTo(key("a"));
        assertThat(late.next()).isNull();
    }

    @Test
    void isLateAgainOnceADoubtIsOver() {
        late.unanswered(key("a"));
        assertThat(late.next()).isEqualTo(key("a"));
        Map<Key, Long> doubts = late.doubts();
        assertThat(late.size()).isZero();
        late.drained(doubts);
        assertThat(late.doubtfulCount()).isZero();
        assertThat(late.next()).isEqualTo(key("a"));
    }

    @Test
    void staysDoubtfulForAWriteThatCameAfterTheLook() {
        late.unanswered(key("a"));
        Map<Key, Long> doubts = late.doubts();
        late.unanswered(key("a"));
        late.drained(doubts);
        assertThat(late.doubtfulCount()).isEqualTo(1);
        late.drained(late.doubts());
        assertThat(late.doubtfulCount()).isZero();
    }

    @Test
    void forgetsEverythingBeyondItsBoundUntilTheNextWalk() {
        for (int i = 0; i < 20; i++) {
            late.written(key("key" + i));
        }
        assertThat(late.hasOverflowed()).isTrue();
        assertThat(late.next()).isNull();
        late.restart();
        late.written(key("a"));
        assertThat(late.hasOverflowed()).isFalse();
        assertThat(late.next()).isEqualTo(key("a"));
    }

    @Test
    void countsBytesDown() {
        for (int i = 0; i < 1_000; i++) {
            late.unanswered(key("key" + i));
            late.next();
            late.drained(late.doubts());
            late.next();
        }
        assertThat(late.hasOverflowed()).isFalse();
    }

    @Test
    void countsForNothingWhileServersAreFlushed() {
        late.flushed(5);
        assertThat(late.hasOverflowed()).isTrue();
        assertThat(late.isFlushOver(10, 5)).isFalse();
        assertThat(late.isFlushOver(11, 5)).isTrue();
    }
}
