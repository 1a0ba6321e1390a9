package io.mempair.proxy.testkit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What servers hold, asked without a proxy between. */
public final class Copies {

    /** Small enough that all requests of a round fit into a socket's buffer. */
    private static final int KEYS_A_ROUND = 100;

    private Copies() {}

    /** One item; {@code lifetimeSeconds} is what is left of it, -1 without end. */
    public record StoredCopy(long flags, long lifetimeSeconds, String value) {

        /** Whether a client could not tell the two apart today. */
        public boolean sameAs(StoredCopy other) {
            return flags == other.flags && value.equals(other.value);
        }

        /** The same with the start of a long value. */
        @Override
        public String toString() {
            String start = value.length() <= 60 ? value : value.substring(0, 60) + "... (" + value.length() + " bytes)";
            return "flags " + flags + ", " + lifetimeSeconds + " s, " + start;
        }
    }

    /** The items a server has of these keys, in their order. */
    public static Map<String, StoredCopy> of(Memcached memcached, Collection<String> keys) throws IOException {
        Map<String, StoredCopy> found = new LinkedHashMap<>();
        List<String> all = new ArrayList<>(keys);
        try (TextClient client = TextClient.connect(memcached.address().port())) {
            for (int from = 0; from < all.size(); from += KEYS_A_ROUND) {
                ask(client, all.subList(from, Math.min(all.size(), from + KEYS_A_ROUND)), found);
            }
        }
        return found;
    }

    private static void ask(TextClient client, List<String> keys, Map<String, StoredCopy> found) throws IOException {
        StringBuilder request = new StringBuilder();
        keys.forEach(key -> request.append("mg ").append(key).append(" f t v\r\n"));
        client.send(request.toString());
        for (String key : keys) {
            String line = client.line();
            if (line.equals("EN")) {
                continue;
            }
            String[] words = line.split(" ", -1);
            if (words.length != 4 || !words[0].equals("VA")) {
                throw new IOException("in the answer to mg " + key + ": " + line);
            }
            String value = client.data(Integer.parseInt(words[1]));
            found.put(key, new StoredCopy(number(words[2], 'f'), number(words[3], 't'), value));
        }
    }

    private static long number(String word, char flag) throws IOException {
        if (word.charAt(0) != flag) {
            throw new IOException("meta flag " + word + " (expected: " + flag + ')');
        }
        return Long.parseLong(word.substring(1));
    }

    /** One line for each key in which flags or value differ, or that only one of the two has. */
    public static List<String> differences(
            Map<String, StoredCopy> one, Map<String, StoredCopy> other, Collection<String> keys) {
        List<String> differences = new ArrayList<>();
        for (String key : keys) {
            StoredCopy first = one.get(key);
            StoredCopy second = other.get(key);
            if (first == null ? second != null : second == null || !first.sameAs(second)) {
                differences.add(key + ": " + first + " / " + second);
            }
        }
        return differences;
    }
}
