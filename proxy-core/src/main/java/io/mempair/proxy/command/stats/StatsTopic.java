package io.mempair.proxy.command.stats;

import org.jspecify.annotations.Nullable;

/** The arguments of {@code stats} that memcached 1.6.18 knows, and ours. */
enum StatsTopic {
    GENERAL("", Servers.PRIMARIES),
    ITEMS("items", Servers.PRIMARIES),
    SLABS("slabs", Servers.PRIMARIES),
    SIZES("sizes", Servers.PRIMARIES),
    SETTINGS("settings", Servers.ALL),
    RESET("reset", Servers.ALL),
    /** Ours: what the proxy itself did. */
    PROXY("proxy", Servers.NONE),
    /** Ours: each server by itself. */
    SERVERS("servers", Servers.NONE),
    CONNS("conns", Servers.REFUSED),
    DETAIL("detail", Servers.REFUSED),
    CACHEDUMP("cachedump", Servers.REFUSED),
    EXTSTORE("extstore", Servers.REFUSED),
    SIZES_ENABLE("sizes_enable", Servers.REFUSED),
    SIZES_DISABLE("sizes_disable", Servers.REFUSED);

    /** Who is asked. */
    enum Servers {
        /** The tier that decides: with the backups an item would be counted twice. */
        PRIMARIES,
        ALL,
        /** Nobody: the proxy knows. */
        NONE,
        /** Nobody: it makes sense for one server only. */
        REFUSED
    }

    private final String argument;
    private final Servers servers;

    StatsTopic(String argument, Servers servers) {
        this.argument = argument;
        this.servers = servers;
    }

    /** The topic with that argument, in lower case as memcached wants it, or null. */
    static @Nullable StatsTopic of(String argument) {
        for (StatsTopic topic : values()) {
            if (topic.argument.equals(argument)) {
                return topic;
            }
        }
        return null;
    }

    /** What follows {@code stats}; empty for the general list. */
    String argument() {
        return argument;
    }

    /** Whether servers answer with counters that are kept for them while they are away. */
    boolean counts() {
        return this == GENERAL || this == ITEMS || this == SLABS;
    }

    Servers servers() {
        return servers;
    }

    /** The request line for a server, without line end. */
    String line() {
        return argument.isEmpty() ? "stats" : "stats " + argument;
    }
}
