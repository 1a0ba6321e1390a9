package io.mempair.proxy.testkit.script;

import io.mempair.proxy.testkit.script.MemcachedModel.ModelItem;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** One meta command, carried out on the items of a {@link MemcachedModel}. Source: memcached doc/protocol.txt. */
final class MetaModel {

    private final MemcachedModel memcached;
    private final String[] words;
    private final int firstFlag;
    private final String key;

    MetaModel(MemcachedModel memcached, String[] words) {
        this.memcached = memcached;
        this.words = words;
        this.firstFlag = words[0].equals("ms") ? 3 : 2;
        this.key = has('b') ? new String(Base64.getDecoder().decode(words[1]), StandardCharsets.ISO_8859_1) : words[1];
    }

    String answer(String data) {
        return switch (words[0]) {
            case "mg" -> retrieve();
            case "ms" -> line(store(data));
            case "md" -> line(delete());
            default -> calculate();
        };
    }

    private String retrieve() {
        ModelItem item = memcached.item(key);
        boolean made = false;
        if (item == null && has('N')) {
            memcached.store("ADD", key, "", "0", number('N', 0), 0, number('E', 0), false);
            promise();
            item = memcached.item(key);
            made = true;
        }
        if (item == null) {
            return "EN" + said(null) + "\r\n";
        }
        String won = "";
        if (made) {
            won = " W";
        } else if (item.stale()) {
            won = item.promised() ? " X Z" : " W X";
            promise();
        } else if (item.promised()) {
            won = " Z";
        }
        if (has('T')) {
            item = memcached.touch(key, number('T', 0));
        }
        String flags = said(item) + won + "\r\n";
        return has('v') ? "VA " + item.value().length() + flags + item.value() + "\r\n" : "HD" + flags;
    }

    private void promise() {
        ModelItem item = memcached.item(key);
        memcached
                .items()
                .put(key, new ModelItem(item.value(), item.flags(), item.expires(), item.id(), item.stale(), true));
    }

    private String store(String data) {
        String mode = switch (text('M')) {
            case "E" -> "ADD";
            case "R" -> "REPLACE";
            case "A" -> "APPEND";
            case "P" -> "PREPEND";
            default -> "SET";
        };
        if (has('N') && memcached.item(key) == null) {
            mode = "SET";
        }
        String flags = text('F').isEmpty() ? "0" : text('F');
        return memcached.store(mode, key, data, flags, number('T', 0), number('C', 0), number('E', 0), has('I'));
    }

    private String delete() {
        ModelItem item = memcached.item(key);
        if (item == null) {
            return "NF";
        }
        if (number('C', 0) != 0 && number('C', 0) != item.id()) {
            return "EX";
        }
        if (has('I') || has('x')) {
            String value = has('x') ? "" : item.value();
            long id = number('E', 0) == 0 ? memcached.nextId() : number('E', 0);
            memcached
                    .items()
                    .put(key, new ModelItem(value, has('x') ? 0 : item.flags(), item.expires(), id, has('I'), false));
            if (has('T')) {
                memcached.touch(key, number('T', 0));
            }
        } else {
            memcached.items().remove(key);
        }
        return "HD";
    }

    private String calculate() {
        ModelItem item = memcached.item(key);
        if (item == null && has('N')) {
            memcached.store("ADD", key, String.valueOf(number('J', 0)), "0", number('N', 0), 0, number('E', 0), false);
        } else if (item == null) {
            return line("NF");
        } else if (number('C', 0) != 0 && number('C', 0) != item.id()) {
            return line("EX");
        } else if (memcached.count(key, number('D', 1), text('M').startsWith("D"), number('E', 0)) == null) {
            return "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n";
        }
        item = has('T') ? memcached.touch(key, number('T', 0)) : memcached.item(key);
        String flags = said(item) + "\r\n";
        return has('v') ? "VA " + item.value().length() + flags + item.value() + "\r\n" : "HD" + flags;
    }

    private String line(String code) {
        return code + said(memcached.item(key)) + "\r\n";
    }

    /** The flags that are repeated, in the order asked. */
    private String said(@Nullable ModelItem item) {
        StringBuilder out = new StringBuilder();
        for (int i = firstFlag; i < words.length; i++) {
            switch (words[i].charAt(0)) {
                case 'k' -> out.append(" k").append(words[1]).append(has('b') ? " b" : "");
                case 'O' -> out.append(' ').append(words[i]);
                case 'c' -> out.append(item == null ? "" : " c" + Long.toUnsignedString(item.id()));
                case 'f' -> out.append(item == null ? "" : " f" + item.flags());
                case 's' -> out.append(item == null ? "" : " s" + item.value().length());
                case 't' -> out.append(item == null ? "" : " t" + memcached.remaining(item));
                default -> {}
            }
        }
        return out.toString();
    }

    private boolean has(char flag) {
        for (int i = firstFlag; i < words.length; i++) {
            if (words[i].charAt(0) == flag) {
                return true;
            }
        }
        return false;
    }

    private String text(char flag) {
        for (int i = firstFlag; i < words.length; i++) {
            if (words[i].charAt(0) == flag) {
                return words[i].substring(1);
            }
        }
        return "";
    }

    private long number(char flag, long otherwise) {
        String text = text(flag);
        return text.isEmpty() ? otherwise : text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
    }
}
