package io.mempair.proxy.warmup;

import io.mempair.proxy.warmup.Items.StoreMode;
import io.mempair.proxy.warmup.Items.StoreOutcome;
import io.mempair.proxy.warmup.Items.WarmupItem;
import java.io.ByteArrayOutputStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Answers to the text commands without a flag language: protocol.txt, as far as a proxy asks its servers. */
final class TextWarmup {

    private final Items items;

    TextWarmup(Items items) {
        this.items = items;
    }

    /** Writes the answer to a line, cut at its spaces, with its data block if it has one. */
    void answer(String[] words, byte[] data, ByteArrayOutputStream out) {
        switch (words[0]) {
            case "get" -> read(words, 1, false, null, out);
            case "gets" -> read(words, 1, true, null, out);
            case "gat" -> read(words, 2, false, words[1], out);
            case "gats" -> read(words, 2, true, words[1], out);
            case "set", "add", "replace", "append", "prepend" -> store(words, data, 0, out);
            case "cas" -> store(words, data, Long.parseUnsignedLong(words[5]), out);
            case "delete" -> say(out, items.delete(words[1], 0) == StoreOutcome.DONE ? "DELETED" : "NOT_FOUND");
            case "touch" -> say(out, items.touch(words[1], Long.parseLong(words[2])) == null ? "NOT_FOUND" : "TOUCHED");
            case "incr" -> calculate(words[1], Long.parseLong(words[2]), out);
            case "decr" -> calculate(words[1], -Long.parseLong(words[2]), out);
            case "version" -> say(out, "VERSION 1.6.40");
            case "stats" -> stats(words, out);
            case "mn" -> say(out, "MN");
            case "flush_all", "verbosity" -> say(out, "OK");
            default -> say(out, "ERROR");
        }
    }

    static void say(ByteArrayOutputStream out, String line) {
        LoopbackConnection.write(out, line);
        LoopbackConnection.write(out, "\r\n");
    }

    private void read(
            String[] words, int firstKey, boolean withId, @Nullable String exptime, ByteArrayOutputStream out) {
        for (int i = firstKey; i < words.length; i++) {
            WarmupItem item = exptime == null ? items.get(words[i]) : items.touch(words[i], Long.parseLong(exptime));
            if (item != null) {
                String id = withId ? " " + Long.toUnsignedString(item.id()) : "";
                say(out, "VALUE " + words[i] + ' ' + item.flags() + ' ' + item.value().length + id);
                out.writeBytes(item.value());
                say(out, "");
            }
        }
        say(out, "END");
    }

    private void store(String[] words, byte[] data, long ifId, ByteArrayOutputStream out) {
        StoreMode mode = words[0].equals("cas") ? StoreMode.SET : StoreMode.valueOf(words[0].toUpperCase(Locale.ROOT));
        WarmupItem given = new WarmupItem(data, Long.parseLong(words[2]), Long.parseLong(words[3]), 0);
        StoreOutcome outcome = items.store(mode, words[1], given, ifId, 0);
        say(out, outcome == StoreOutcome.DONE ? "STORED" : outcome.name());
    }

    private void calculate(String key, long delta, ByteArrayOutputStream out) {
        WarmupItem item = items.add(key, delta, 0);
        if (item == null) {
            say(out, "NOT_FOUND");
        } else {
            out.writeBytes(item.value());
            say(out, "");
        }
    }

    /** Enough for a proxy to take it for a memcached, always the same one. */
    private static void stats(String[] words, ByteArrayOutputStream out) {
        if (words.length == 1) {
            say(out, "STAT pid 1");
            say(out, "STAT uptime 1");
            say(out, "STAT time 1700000000");
        } else if (words[1].equals("settings")) {
            say(out, "STAT item_size_max 1048576");
        }
        say(out, "END");
    }
}
