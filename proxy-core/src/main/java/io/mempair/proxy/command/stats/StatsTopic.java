package io.mempair.proxy.command.stats;

import org.jspecify.annotations.Nullable;

/** The arguments of {@code stats} in memcached 1.6.18, and the proxy's own. */
enum StatsTopic {
    GENERAL("", Servers.PRIMARIES),
    ITEMS("items", Servers.PRIMARIES),
    SLABS("slabs", Servers.PRIMARIES),
    SIZES("sizes", Servers.PRIMARIES),
    SETTINGS("settings", Servers.ALL),
    RESET("reset", Servers.ALL),
    /** Proxy only: the proxy's own values. */
    PROXY("proxy", Servers.NONE),
    /** Proxy only: each server separately. */
    SERVERS("servers", Servers.NONE),
    CONNS("conns", Servers.REFUSED),
    DETAIL("detail", Servers.REFUSED),
    CACHEDUMP("cachedump", Servers.REFUSED),
    EXTSTORE("extstore", Servers.REFUSED),
    SIZES_ENABLE("sizes_enable", Servers.REFUSED),
    SIZES_DISABLE("sizes_disable", Servers.REFUSED);

    /** The servers to ask. */
    enum Servers {
        /** The primary tier only; with the backups each item would be counted twice. */
        PRIMARIES,
        ALL,
        /** None: the proxy answers itself. */
        NONE,
        /** None: the query makes sense for a single server only. */
        REFUSED
    }

    private final String argument;
    private final Servers servers;

    StatsTopic(String argument, Servers servers) {
        this.argument = argument;
        this.servers = servers;
    }

    /** The topic with that argument (lower case, as in memcached), or null. */
    static @Nullable StatsTopic of(String argument) {
        for (StatsTopic topic : values()) {
            if (topic.argument.equals(argument)) {
                return topic;
            }
        }
        return null;
    }

    /** The argument of {@code stats}; empty for the general list. */
    String argument() {
        return argument;
    }

    /** Whether the replies contain counters, which are kept while a server is down. */
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
