package io.mempair.proxy.warmup;

import io.mempair.proxy.warmup.Items.StoreMode;
import io.mempair.proxy.warmup.Items.StoreOutcome;
import io.mempair.proxy.warmup.Items.WarmupItem;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Answers to the meta commands: protocol.txt "Meta Commands", as far as a proxy asks its servers. */
final class MetaWarmup {

    private final Items items;

    MetaWarmup(Items items) {
        this.items = items;
    }

    /** Writes the answer to a line, cut at its spaces, with its data block if it has one. */
    void answer(String[] words, byte[] data, ByteArrayOutputStream out) {
        switch (words[0]) {
            case "mg" -> retrieve(words, out);
            case "ms" -> store(words, data, out);
            case "md" -> answer(items.delete(words[1], number(words, 2, 'C', 0)), words, 2, out);
            case "ma" -> calculate(words, out);
            default -> TextWarmup.say(out, "ERROR");
        }
    }

    private void retrieve(String[] words, ByteArrayOutputStream out) {
        long exptime = number(words, 2, 'T', -1);
        WarmupItem item = exptime < 0 ? items.get(words[1]) : items.touch(words[1], exptime);
        if (item == null && has(words, 2, 'N')) {
            WarmupItem vivified = new WarmupItem(new byte[0], 0, number(words, 2, 'N', 0), 0);
            items.store(StoreMode.ADD, words[1], vivified, 0, number(words, 2, 'E', 0));
            item = items.get(words[1]);
        }
        show(item, words, out);
    }

    private void store(String[] words, byte[] data, ByteArrayOutputStream out) {
        StoreMode mode = switch (flag(words, 3, 'M')) {
            case "E", "e" -> StoreMode.ADD;
            case "R", "r" -> StoreMode.REPLACE;
            case "A", "a" -> StoreMode.APPEND;
            case "P", "p" -> StoreMode.PREPEND;
            default -> StoreMode.SET;
        };
        WarmupItem given = new WarmupItem(data, number(words, 3, 'F', 0), number(words, 3, 'T', 0), 0);
        StoreOutcome outcome = items.store(mode, words[1], given, number(words, 3, 'C', 0), number(words, 3, 'E', 0));
        answer(outcome, words, 3, out);
    }

    private void calculate(String[] words, ByteArrayOutputStream out) {
        long delta = number(words, 2, 'D', 1);
        long signed = flag(words, 2, 'M').toUpperCase(Locale.ROOT).startsWith("D") ? -delta : delta;
        WarmupItem item = items.add(words[1], signed, number(words, 2, 'E', 0));
        if (item == null && has(words, 2, 'N')) {
            byte[] initial = String.valueOf(number(words, 2, 'J', 0)).getBytes(StandardCharsets.US_ASCII);
            items.store(StoreMode.ADD, words[1], new WarmupItem(initial, 0, number(words, 2, 'N', 0), 0), 0, 0);
            item = items.get(words[1]);
        }
        if (item == null) {
            answer(StoreOutcome.NOT_FOUND, words, 2, out);
        } else {
            show(item, words, out);
        }
    }

    private static void show(@Nullable WarmupItem item, String[] words, ByteArrayOutputStream out) {
        if (item == null) {
            TextWarmup.say(out, "EN");
            return;
        }
        boolean withValue = has(words, 2, 'v');
        TextWarmup.say(out, (withValue ? "VA " + item.value().length : "HD") + returned(words, 2, item));
        if (withValue) {
            out.writeBytes(item.value());
            TextWarmup.say(out, "");
        }
    }

    private void answer(StoreOutcome outcome, String[] words, int firstFlag, ByteArrayOutputStream out) {
        String code = switch (outcome) {
            case DONE -> "HD";
            case NOT_STORED -> "NS";
            case EXISTS -> "EX";
            case NOT_FOUND -> "NF";
        };
        TextWarmup.say(out, code + returned(words, firstFlag, items.get(words[1])));
    }

    /** The flags that are said in an answer, in the order they were asked for. */
    private static String returned(String[] words, int firstFlag, @Nullable WarmupItem item) {
        StringBuilder said = new StringBuilder();
        for (int i = firstFlag; i < words.length; i++) {
            switch (words[i].charAt(0)) {
                case 'k' -> said.append(" k").append(words[1]);
                case 'O', 'b' -> said.append(' ').append(words[i]);
                case 'c' -> said.append(" c").append(item == null ? "0" : Long.toUnsignedString(item.id()));
                case 'f' -> said.append(" f").append(item == null ? 0 : item.flags());
                case 's' -> said.append(" s").append(item == null ? 0 : item.value().length);
                case 't' -> said.append(item == null || item.exptime() == 0 ? " t-1" : " t" + item.exptime());
                case 'h' -> said.append(" h1");
                case 'l' -> said.append(" l0");
                default -> {}
            }
        }
        return said.toString();
    }

    private static boolean has(String[] words, int firstFlag, char flag) {
        for (int i = firstFlag; i < words.length; i++) {
            if (words[i].charAt(0) == flag) {
                return true;
            }
        }
        return false;
    }

    /** What is written behind a flag; empty if it is not there. */
    private static String flag(String[] words, int firstFlag, char flag) {
        for (int i = firstFlag; i < words.length; i++) {
            if (words[i].charAt(0) == flag) {
                return words[i].substring(1);
            }
        }
        return "";
    }

    private static long number(String[] words, int firstFlag, char flag, long otherwise) {
        String text = flag(words, firstFlag, flag);
        return text.isEmpty() ? otherwise : Long.parseUnsignedLong(text);
    }
}
