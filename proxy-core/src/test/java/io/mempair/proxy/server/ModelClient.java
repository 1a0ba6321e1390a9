package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.testkit.RawClient;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Plays random commands on keys of its own and knows what memcached must answer. Requests are sent in batches, cut at
 * random places; the answer to a batch is compared as a whole.
 */
final class ModelClient {

    private record ServedItem(String flags, String value) {}

    private final Map<String, ServedItem> model = new TreeMap<>();
    private final Random random;
    private final String prefix;
    private final StringBuilder requests = new StringBuilder();
    private final StringBuilder expected = new StringBuilder();

    private ModelClient(String prefix, long seed) {
        this.prefix = prefix;
        this.random = new Random(seed);
    }

    static void play(RawClient client, String prefix, long seed, int batches) throws Exception {
        ModelClient model = new ModelClient(prefix, seed);
        for (int batch = 0; batch < batches; batch++) {
            for (int i = model.random.nextInt(40); i >= 0; i--) {
                model.command();
            }
            model.exchange(client, "seed " + seed + " batch " + batch);
        }
    }

    private void exchange(RawClient client, String where) throws Exception {
        byte[] bytes = requests.toString().getBytes(StandardCharsets.ISO_8859_1);
        int at = 0;
        for (int cuts = random.nextInt(4); cuts > 0 && at < bytes.length; cuts--) {
            int to = at + random.nextInt(bytes.length - at);
            client.send(Arrays.copyOfRange(bytes, at, to));
            at = to;
        }
        client.send(Arrays.copyOfRange(bytes, at, bytes.length));
        assertThat(client.receive(expected.length())).as(where).isEqualTo(expected.toString());
        requests.setLength(0);
        expected.setLength(0);
    }

    private void command() {
        String key = prefix + random.nextInt(12);
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> get(key);
            case 3 -> multiGet();
            case 4, 5 -> store("set", key, true);
            case 6 -> store("add", key, !model.containsKey(key));
            case 7 -> store("replace", key, model.containsKey(key));
            case 8 -> append(key);
            default -> delete(key);
        }
    }

    private void get(String key) {
        requests.append("get ").append(key).append("\r\n");
        expectValue(key);
        expected.append("END\r\n");
    }

    private void multiGet() {
        requests.append("get");
        for (int i = 1 + random.nextInt(15); i >= 0; i--) {
            String key = prefix + random.nextInt(12);
            requests.append(' ').append(key);
            expectValue(key);
        }
        requests.append("\r\n");
        expected.append("END\r\n");
    }

    private void expectValue(String key) {
        ServedItem item = model.get(key);
        if (item != null) {
            expected.append(
                    "VALUE " + key + " " + item.flags() + " " + item.value().length() + "\r\n" + item.value() + "\r\n");
        }
    }

    private void store(String command, String key, boolean stores) {
        ServedItem item = new ServedItem(String.valueOf(random.nextInt(1_000)), value());
        storageLine(command, key, item, stores ? "STORED\r\n" : "NOT_STORED\r\n");
        if (stores) {
            model.put(key, item);
        }
    }

    private void append(String key) {
        ServedItem old = model.get(key);
        ServedItem more = new ServedItem("0", "+");
        storageLine("append", key, more, old != null ? "STORED\r\n" : "NOT_STORED\r\n");
        if (old != null) {
            model.put(key, new ServedItem(old.flags(), old.value() + "+"));
        }
    }

    private void storageLine(String command, String key, ServedItem item, String answer) {
        boolean noreply = random.nextInt(4) == 0;
        requests.append(command + " " + key + " " + item.flags() + " 0 "
                + item.value().length() + (noreply ? " noreply" : "") + "\r\n" + item.value() + "\r\n");
        if (!noreply) {
            expected.append(answer);
        }
    }

    private void delete(String key) {
        requests.append("delete ").append(key).append("\r\n");
        expected.append(model.remove(key) != null ? "DELETED\r\n" : "NOT_FOUND\r\n");
    }

    /** Mostly small, now and then longer than a buffer, with protocol words inside. */
    private String value() {
        int length = random.nextInt(20) == 0 ? random.nextInt(20_000) : random.nextInt(60);
        String pattern = "abc\r\nEND\r\nVALUE x 0 1\r\n";
        return pattern.repeat(length / pattern.length() + 1).substring(0, length);
    }
}
