package io.mempair.proxy.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.testkit.TextClient;
import io.mempair.proxy.testkit.TextClient.Retrieved;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** What a client stores, and reads again: one key, or {@code key-0}, {@code key-1}, ..., with their number as flags and behind a word as value. */
final class StoredKeys {

    private StoredKeys() {}

    static void store(TextClient client, int count, String word) throws IOException {
        StringBuilder sets = new StringBuilder();
        for (int i = 0; i < count; i++) {
            sets.append(TextClient.storage("set", "key-" + i, i, 0, word + i));
        }
        client.send(sets.toString());
        for (int i = 0; i < count; i++) {
            assertThat(client.line()).isEqualTo("STORED");
        }
    }

    /**
     * Each of them is there, as it was stored.
     *
     * @param state  for the message if one is not
     */
    static void assertStored(TextClient client, int count, String word, Object state) throws IOException {
        StringBuilder gets = new StringBuilder();
        for (int i = 0; i < count; i++) {
            gets.append("get key-").append(i).append("\r\n");
        }
        client.send(gets.toString());
        int misses = 0;
        int lies = 0;
        for (int i = 0; i < count; i++) {
            Retrieved found = client.retrieved();
            if (found.items().isEmpty()) {
                misses++;
                continue;
            }
            TextClient.TextItem item = found.items().get(0);
            if (!item.value().equals(word + i) || item.flags() != i) {
                lies++;
            }
        }
        assertThat(misses).as("misses; %s", state).isZero();
        assertThat(lies).as("lies; %s", state).isZero();
    }

    /** The value of a key, or an empty one; asks again as long as the read fails. */
    static String valueOf(TextClient client, String key) throws IOException {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        Retrieved found = client.retrieve("get " + key);
        while (found.failed() && System.nanoTime() < endNanos) {
            found = client.retrieve("get " + key);
        }
        assertThat(found.error()).isEmpty();
        return found.items().isEmpty() ? "" : found.items().get(0).value();
    }

    static void set(TextClient client, String key, String value) throws IOException {
        assertThat(client.ask(TextClient.storage("set", key, 0, 0, value))).isEqualTo("STORED");
    }
}
