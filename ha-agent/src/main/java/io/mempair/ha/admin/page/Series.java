package io.mempair.ha.admin.page;

/** The curves of the page: what is told of each second. */
public enum Series {
    GET("get", "requests a second"),
    SET("set", "requests a second"),
    TOUCH("touch", "requests a second"),
    DELETE("delete", "requests a second"),
    ARITHMETIC("arithmetic", "requests a second"),
    OTHER("other", "requests a second"),
    HITS("hits", "keys a second"),
    MISSES("misses", "keys a second"),
    FAILED("failed", "keys a second"),
    ERRORS("errors", "requests a second answered with an error, whoever is to blame"),
    BYTES_IN("bytes_in", "bytes a second from clients"),
    BYTES_OUT("bytes_out", "bytes a second to clients"),
    CLIENTS("clients", "connections of clients"),
    REQUEST_P50("request_p50", "milliseconds that half of the clients' requests took at most"),
    REQUEST_P99("request_p99", "milliseconds that 99 of 100 of the clients' requests took at most"),
    SERVER_P50("server_p50", "milliseconds in which the servers gave half of their answers"),
    SERVER_P99("server_p99", "milliseconds in which the servers gave 99 of 100 of their answers"),
    SERVERS_DOWN("servers_down", "servers that are not up"),
    SERVES("serves", "1 if this node served clients, else 0");

    private final String label;
    private final String meaning;

    Series(String label, String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    /** Its name in JSON. */
    public String label() {
        return label;
    }

    /** Unit and meaning. */
    public String meaning() {
        return meaning;
    }
}
