package io.mempair.proxy.protocol;

import org.jspecify.annotations.Nullable;

/** The commands mempair passes on or answers. Source: memcached doc/protocol.txt. */
public enum Command {
    GET("get", CommandKind.RETRIEVAL),
    GETS("gets", CommandKind.RETRIEVAL),
    GAT("gat", CommandKind.RETRIEVAL),
    GATS("gats", CommandKind.RETRIEVAL),
    SET("set", CommandKind.STORAGE),
    ADD("add", CommandKind.STORAGE),
    REPLACE("replace", CommandKind.STORAGE),
    APPEND("append", CommandKind.STORAGE),
    PREPEND("prepend", CommandKind.STORAGE),
    CAS("cas", CommandKind.STORAGE),
    DELETE("delete", CommandKind.KEYED),
    INCR("incr", CommandKind.KEYED),
    DECR("decr", CommandKind.KEYED),
    TOUCH("touch", CommandKind.KEYED),
    MG("mg", CommandKind.META),
    MS("ms", CommandKind.META),
    MD("md", CommandKind.META),
    MA("ma", CommandKind.META),
    ME("me", CommandKind.META),
    MN("mn", CommandKind.META),
    FLUSH_ALL("flush_all", CommandKind.GLOBAL),
    VERSION("version", CommandKind.GLOBAL),
    VERBOSITY("verbosity", CommandKind.GLOBAL),
    STATS("stats", CommandKind.GLOBAL),
    QUIT("quit", CommandKind.GLOBAL),
    /** Concerns one server only; answered with an error. */
    WATCH("watch", CommandKind.REFUSED),
    SHUTDOWN("shutdown", CommandKind.REFUSED),
    LRU("lru", CommandKind.REFUSED),
    LRU_CRAWLER("lru_crawler", CommandKind.REFUSED),
    SLABS("slabs", CommandKind.REFUSED),
    CACHE_MEMLIMIT("cache_memlimit", CommandKind.REFUSED);

    /** What a command consists of besides its word, hence how it is framed and answered. */
    public enum CommandKind {
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
    private final CommandKind kind;

    Command(String word, CommandKind kind) {
        this.word = word;
        this.kind = kind;
    }

    /** How the command is framed and answered. */
    public CommandKind kind() {
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

    /** Whether the outcome depends on what the server holds, so that two copies must not decide independently. */
    public boolean isConditional() {
        return switch (this) {
            case ADD, REPLACE, APPEND, PREPEND, CAS, INCR, DECR -> true;
            default -> false;
        };
    }
}
