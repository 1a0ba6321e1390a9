package io.mempair.proxy.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** XXH3 beside the one that memcached has in its source; {@code placement/memcached_proxy.c} has made the file. */
class Xxh3HashTest {

    private static final int BYTES = 2_100;

    @Test
    void everyLengthHasTheHashOfTheReference() throws IOException {
        byte[] bytes = new byte[BYTES + 7];
        for (int i = 0; i < BYTES; i++) {
            bytes[i + 7] = (byte) (i * 151 + i / 256 * 7 + 11);
        }

        List<String> lines = lines();
        assertThat(lines).hasSizeGreaterThan(300);
        for (String line : lines) {
            int length = Integer.parseInt(line.substring(0, line.indexOf(' ')));
            assertThat(String.format("%d %016x", length, Xxh3Hash.hash(bytes, 7, length)))
                    .isEqualTo(line);
        }
    }

    @Test
    void aPointIsTheLowerHalf() {
        byte[] key = "key-1".getBytes(StandardCharsets.US_ASCII);

        assertThat(new Xxh3Hash().pointOf(key, 0, key.length)).isEqualTo((int) Xxh3Hash.hash(key, 0, key.length));
    }

    private static List<String> lines() throws IOException {
        try (InputStream in = Xxh3HashTest.class.getResourceAsStream("/placement/xxh3.txt")) {
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))
                    .lines()
                    .toList();
        }
    }
}
