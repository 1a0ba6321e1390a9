package io.mempair.proxy.protocol;

import org.jspecify.annotations.Nullable;

/** The commands mempair passes on or answers. Source: memcached doc/protocol.txt. */
public enum Command {
    GET("get", Kind.RETRIEVAL),
    GETS("gets", Kind.RETRIEVAL),
    GAT("gat", Kind.RETRIEVAL),
    GATS("gats", Kind.RETRIEVAL),
    SET("set", Kind.STORAGE),
    ADD("add", Kind.STORAGE),
    REPLACE("replace", Kind.STORAGE),
    APPEND("append", Kind.STORAGE),
    PREPEND("prepend", Kind.STORAGE),
    CAS("cas", Kind.STORAGE),
    DELETE("delete", Kind.KEYED),
    INCR("incr", Kind.KEYED),
    DECR("decr", Kind.KEYED),
    TOUCH("touch", Kind.KEYED),
    MG("mg", Kind.META),
    MS("ms", Kind.META),
    MD("md", Kind.META),
    MA("ma", Kind.META),
    ME("me", Kind.META),
    MN("mn", Kind.META),
    FLUSH_ALL("flush_all", Kind.GLOBAL),
    VERSION("version", Kind.GLOBAL),
    VERBOSITY("verbosity", Kind.GLOBAL),
    STATS("stats", Kind.GLOBAL),
    QUIT("quit", Kind.GLOBAL),
    /** Concerns one server only; answered with an error. */
    WATCH("watch", Kind.REFUSED),
    SHUTDOWN("shutdown", Kind.REFUSED),
    LRU("lru", Kind.REFUSED),
    LRU_CRAWLER("lru_crawler", Kind.REFUSED),
    SLABS("slabs", Kind.REFUSED),
    CACHE_MEMLIMIT("cache_memlimit", Kind.REFUSED);

    /** What a command has besides its word, and so how it is framed and answered. */
    public enum Kind {
        /** Keys; answered with values and END. */
        RETRIEVAL,
        /** A key, numbers and a data block; answered with one line. */
        STORAGE,
        /** A key and perhaps a number; answered with one line. */
        KEYED,
        /** A key, flags, and for ms a data block; answered with a return code or a value. */
        META,
        /** No key. */
        GLOBAL,
        REFUSED
    }

    private static final Command[] ALL = values();

    private final String word;
    private final Kind kind;

    Command(String word, Kind kind) {
        this.word = word;
        this.kind = kind;
    }

    /** How the command is framed and answered. */
    public Kind kind() {
        return kind;
    }

    /** The word in lower case, as it is on the wire. */
    public String word() {
        return word;
    }

    /** The command whose word is exactly {@code line[from, to)}, or null. Commands are in lower case only. */
    public static @Nullable Command of(byte[] line, int from, int to) {
        int length = to - from;
        if (length == 3) {
            if (line[from] == 'g' && line[from + 1] == 'e' && line[from + 2] == 't') {
                return GET;
            }
            if (line[from] == 's' && line[from + 1] == 'e' && line[from + 2] == 't') {
                return SET;
            }
        }
        for (Command command : ALL) {
            if (command.word.length() == length && matches(command.word, line, from)) {
                return command;
            }
        }
        return null;
    }

    private static boolean matches(String word, byte[] line, int from) {
        for (int i = 0; i < word.length(); i++) {
            if (line[from + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the command carries a lifetime before its keys. */
    public boolean touches() {
        return this == GAT || this == GATS;
    }

    /** Whether the outcome depends on what the server holds, so that two copies must not decide apart. */
    public boolean isConditional() {
        return switch (this) {
            case ADD, REPLACE, APPEND, PREPEND, CAS, INCR, DECR -> true;
            default -> false;
        };
    }
}
