package io.mempair.proxy.testkit.script;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one memcached process holds and answers: the commands a proxy sends, carried out at once. One thread. */
public final class MemcachedModel {

    private static final long MONTH_SECONDS = 30L * 24 * 3_600;
    private static final long ENDLESS = Long.MAX_VALUE;

    /** One item. */
    public record ModelItem(String value, long flags, long expires, long id, boolean stale, boolean promised) {}

    private final Map<String, ModelItem> items = new TreeMap<>();
    private final String version;
    private long pid;
    private long started;
    private long lastId;
    private long now;

    /** @param version  what it says of itself; decides what it understands */
    public MemcachedModel(String version, long pid, long nowSeconds) {
        this.version = version;
        this.pid = pid;
        this.started = nowSeconds - 100;
        this.now = nowSeconds;
    }

    /** Another process, which has nothing. */
    public void restart() {
        items.clear();
        pid += 1_000;
        started = now;
        lastId = 0;
    }

    /** Its clock. */
    public void clock(long seconds) {
        now = seconds;
    }

    /** The item with that key, or null. */
    public @Nullable ModelItem item(String key) {
        ModelItem item = items.get(key);
        return item == null || item.expires <= now ? null : item;
    }

    /** Puts an item there behind everybody's back. */
    public void put(String key, String value) {
        items.put(key, new ModelItem(value, 0, ENDLESS, ++lastId, false, false));
    }

    /** As {@link #put(String, String)}, with an id. */
    public void put(String key, String value, long id) {
        items.put(key, new ModelItem(value, 0, ENDLESS, id, false, false));
    }

    /** All that is there. */
    public Map<String, ModelItem> items() {
        return items;
    }

    /** It does not store what it was told to: the old value of a {@code set} is dropped. */
    public String refuse(String line) {
        String[] words = line.split(" ");
        if (words[0].equals("set") || words[0].equals("ms")) {
            items.remove(keyOf(words));
        }
        return "SERVER_ERROR out of memory storing object\r\n";
    }

    private static String keyOf(String[] words) {
        boolean meta = words[0].equals("ms");
        if (meta && List.of(words).subList(3, words.length).contains("b")) {
            return new String(Base64.getDecoder().decode(words[1]), StandardCharsets.ISO_8859_1);
        }
        return words[1];
    }

    /** How many bytes of data follow a line, or -1 if none does. */
    public static int dataBytes(String line) {
        String[] words = line.split(" ");
        return switch (words[0]) {
            case "set", "add", "replace", "append", "prepend", "cas" -> Integer.parseInt(words[4]);
            case "ms" -> Integer.parseInt(words[2]);
            default -> -1;
        };
    }

    /** Carries a request out and returns the answer. */
    public String answer(String line, String data) {
        String[] words = line.split(" ");
        items.values().removeIf(item -> item.expires <= now);
        return switch (words[0]) {
            case "version" -> "VERSION " + version + "\r\n";
            case "stats" -> stats(words);
            case "get" -> retrieval(words, 1, false, null);
            case "gets" -> retrieval(words, 1, true, null);
            case "gat" -> retrieval(words, 2, false, words[1]);
            case "gats" -> retrieval(words, 2, true, words[1]);
            case "set", "add", "replace", "append", "prepend", "cas" -> classicStore(words, data);
            case "delete" -> items.remove(words[1]) == null ? "NOT_FOUND\r\n" : "DELETED\r\n";
            case "touch" -> touch(words[1], Long.parseLong(words[2])) == null ? "NOT_FOUND\r\n" : "TOUCHED\r\n";
            case "incr", "decr" -> arithmetic(words[1], Long.parseLong(words[2]), words[0].equals("decr"));
            case "flush_all" -> flush(words);
            case "lru_crawler" -> dump();
            case "mn" -> "MN\r\n";
            case "mg", "ms", "md", "ma" -> new MetaModel(this, words).answer(data);
            default -> "ERROR\r\n";
        };
    }

    private String flush(String[] words) {
        if (words.length == 1 || words[1].equals("0")) {
            items.clear();
        }
        return "OK\r\n";
    }

    private String stats(String[] words) {
        if (words.length > 1 && words[1].equals("settings")) {
            return "STAT item_size_max 1048576\r\nEND\r\n";
        }
        if (words.length > 1) {
            return "END\r\n";
        }
        return "STAT pid " + pid + "\r\nSTAT uptime " + (now - started) + "\r\nSTAT time " + now
                + "\r\nSTAT curr_items " + items.size() + "\r\nEND\r\n";
    }

    private String dump() {
        StringBuilder lines = new StringBuilder();
        items.keySet().forEach(key -> lines.append("key=" + key + " exp=-1 la=1 cas=1 fetch=no cls=1 size=60\n"));
        return lines + "END\r\n";
    }

    private String retrieval(String[] words, int firstKey, boolean withId, @Nullable String exptime) {
        StringBuilder out = new StringBuilder();
        for (int i = firstKey; i < words.length; i++) {
            ModelItem item = exptime == null ? items.get(words[i]) : touch(words[i], Long.parseLong(exptime));
            if (item != null) {
                out.append("VALUE " + words[i] + ' ' + item.flags + ' ' + item.value.length());
                out.append(withId ? " " + Long.toUnsignedString(item.id) : "").append("\r\n");
                out.append(item.value).append("\r\n");
            }
        }
        return out + "END\r\n";
    }

    @Nullable
    ModelItem touch(String key, long exptime) {
        ModelItem item = items.get(key);
        if (item != null) {
            item = new ModelItem(item.value, item.flags, expiry(exptime), item.id, item.stale, item.promised);
            items.put(key, item);
        }
        return item;
    }

    private long expiry(long exptime) {
        if (exptime == 0) {
            return ENDLESS;
        }
        return exptime > MONTH_SECONDS ? exptime : exptime < 0 ? 0 : now + exptime;
    }

    /** Seconds left; -1 for ever. */
    long remaining(ModelItem item) {
        return item.expires == ENDLESS ? -1 : item.expires - now;
    }

    long nextId() {
        return ++lastId;
    }

    private String classicStore(String[] words, String data) {
        long ifId = words[0].equals("cas") ? Long.parseUnsignedLong(words[5]) : 0;
        String mode = words[0].equals("cas") ? "SET" : words[0].toUpperCase(Locale.ROOT);
        return switch (store(mode, words[1], data, words[2], Long.parseLong(words[3]), ifId, 0, false)) {
            case "HD" -> "STORED\r\n";
            case "NS" -> "NOT_STORED\r\n";
            case "EX" -> "EXISTS\r\n";
            default -> "NOT_FOUND\r\n";
        };
    }

    /** Stores, and returns the code of the meta commands. */
    String store(
            String mode,
            String key,
            String data,
            String flags,
            long exptime,
            long ifId,
            long ownId,
            boolean staleIfOld) {
        ModelItem old = items.get(key);
        boolean stale = false;
        if (ifId != 0 && old == null) {
            return "NF";
        }
        if (ifId != 0 && old != null && old.id != ifId) {
            stale = staleIfOld && Long.compareUnsigned(ifId, old.id) < 0;
            if (!stale) {
                return "EX";
            }
        }
        boolean joins = mode.equals("APPEND") || mode.equals("PREPEND");
        if (mode.equals("ADD") ? old != null : !mode.equals("SET") && old == null) {
            return "NS";
        }
        long id = ownId == 0 ? nextId() : ownId;
        if (joins && old != null) {
            String both = mode.equals("APPEND") ? old.value + data : data + old.value;
            items.put(key, new ModelItem(both, old.flags, old.expires, id, stale, false));
        } else {
            items.put(key, new ModelItem(data, Long.parseLong(flags), expiry(exptime), id, stale, false));
        }
        return "HD";
    }

    private String arithmetic(String key, long delta, boolean down) {
        ModelItem item = items.get(key);
        if (item == null) {
            return "NOT_FOUND\r\n";
        }
        String next = count(key, delta, down, 0);
        return next == null ? "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n" : next + "\r\n";
    }

    /** The item's next number, or null if it is none. The item must be there. */
    @Nullable
    String count(String key, long delta, boolean down, long ownId) {
        ModelItem item = items.get(key);
        if (item == null || !item.value.matches("[0-9]{1,18}")) {
            return null;
        }
        long number = Long.parseLong(item.value);
        String next = String.valueOf(down ? Math.max(0, number - delta) : number + delta);
        items.put(key, new ModelItem(next, item.flags, item.expires, ownId == 0 ? nextId() : ownId, false, false));
        return next;
    }
}
