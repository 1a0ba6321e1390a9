package io.mempair.proxy.warmup;

import java.util.ArrayList;
import java.util.List;

/** What the clients of a warm-up ask: mostly single reads, as real ones do, and some of everything else. Immutable. */
final class WarmupRequests {

    /** Sets of keys; each has its own batches. */
    static final int VARIANTS = 32;

    /** Single reads in a row, each waiting for its answer: what most clients do most of the time. */
    private static final int SINGLE_READS = 10;

    private static final int SMALL_BYTES = 100;
    private static final int LARGE_BYTES = 20_000;

    /** Arrives in many pieces. */
    private static final int HUGE_BYTES = 300_000;

    private static final int HUGE_EVERY = 16;

    private final List<List<Batch>> text = new ArrayList<>();
    private final List<List<Batch>> binary = new ArrayList<>();

    WarmupRequests() {
        for (int variant = 0; variant < VARIANTS; variant++) {
            text.add(text("warmup:" + variant, variant % HUGE_EVERY == 0));
            binary.add(List.of(BinaryBatch.of("warmup:b" + variant)));
        }
    }

    /** One after the other, over a connection of the text protocol. Each variant has equally many. */
    List<Batch> text(int variant) {
        return text.get(variant % VARIANTS);
    }

    /** The same over a connection of the binary protocol. */
    List<Batch> binary(int variant) {
        return binary.get(variant % VARIANTS);
    }

    private static List<Batch> text(String key, boolean huge) {
        List<Batch> batches = new ArrayList<>();
        batches.add(Batch.single(set("set", key, SMALL_BYTES), "STORED"));
        for (int i = 0; i < SINGLE_READS; i++) {
            batches.add(Batch.single("get " + (i % 4 == 3 ? "warmup:none" : key) + "\r\n", "END"));
        }
        batches.add(Batch.single("get" + manyKeys(key) + "\r\n", "END"));
        batches.add(Batch.pipelined(set("set", key + 'n', 1), read(key), read(key + 'n'), read(key)));
        batches.add(classic(key));
        batches.add(meta(key));
        batches.add(Batch.pipelined(
                set("set", key + 'l', huge ? HUGE_BYTES : LARGE_BYTES), read(key + 'l'), "mg " + key + "l v s\r\n"));
        return batches;
    }

    private static String set(String word, String key, int bytes) {
        return word + ' ' + key + " 5 0 " + bytes + "\r\n" + "7".repeat(bytes) + "\r\n";
    }

    private static String read(String key) {
        return "get " + key + "\r\n";
    }

    private static String manyKeys(String key) {
        StringBuilder keys = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            keys.append(' ').append(i % 3 == 0 ? key : key + i);
        }
        return keys.toString();
    }

    private static Batch classic(String key) {
        return Batch.pipelined(
                set("add", key + 'a', SMALL_BYTES),
                set("replace", key, SMALL_BYTES),
                set("append", key + 'a', 3),
                set("prepend", key + 'a', 3),
                "gets " + key + ' ' + key + "a\r\n",
                "cas " + key + " 0 0 1 1\r\n1\r\n",
                "set " + key + "q 0 0 1 noreply\r\n1\r\n",
                "incr " + key + "n 3\r\n",
                "decr " + key + "n 2\r\n",
                "touch " + key + " 0\r\n",
                "gat 100 " + key + ' ' + key + "x\r\n",
                "gats 100 " + key + "\r\n",
                "delete " + key + "a\r\n",
                "delete " + key + "q noreply\r\n",
                read(key + 'a'));
    }

    private static Batch meta(String key) {
        return Batch.pipelined(
                "ms " + key + "m 3 T0 F7 c\r\nabc\r\n",
                "ms " + key + "m 3 MA q\r\ndef\r\n",
                "mg " + key + "m v f s c t\r\n",
                "mg " + key + "m k O17 q\r\n",
                "mg " + key + "x v q\r\n",
                "mg " + key + "x v\r\n",
                "ma " + key + "i N0 J5 v\r\n",
                "ma " + key + "i MD D2 v t\r\n",
                "md " + key + "i\r\n",
                "md " + key + "x q\r\n");
    }
}
