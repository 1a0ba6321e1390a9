package io.mempair.proxy.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RecentKeysTest {

    private final RecentKeys recent = new RecentKeys();

    @Test
    void aKeyIsNewOnceForEachOccasion() {
        assertThat(recent.add(key("a"), 1)).isTrue();
        assertThat(recent.add(key("a"), 1)).isFalse();
        assertThat(recent.add(key("b"), 1)).isTrue();
        assertThat(recent.add(key("a"), 2)).isTrue();
    }

    @Test
    void manyKeysLaterItIsForgotten() {
        recent.add(key("a"), 1);
        for (int i = 0; i < 200_000; i++) {
            recent.add(key("k" + i), 1);
        }

        assertThat(recent.add(key("a"), 1)).isTrue();
    }

    private static Key key(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return Key.of(bytes, 0, bytes.length);
    }
}
