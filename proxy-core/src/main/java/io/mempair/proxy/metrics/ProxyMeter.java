package io.mempair.proxy.metrics;

/** The counters a loop keeps. Names are Micrometer's form; the meaning is what Prometheus shows as HELP. */
public enum ProxyMeter {
    COMMANDS_GET("mempair.proxy.commands", "get", "Requests taken from clients"),
    COMMANDS_SET("mempair.proxy.commands", "set", "Requests taken from clients"),
    COMMANDS_TOUCH("mempair.proxy.commands", "touch", "Requests taken from clients"),
    COMMANDS_DELETE("mempair.proxy.commands", "delete", "Requests taken from clients"),
    COMMANDS_ARITHMETIC("mempair.proxy.commands", "arithmetic", "Requests taken from clients"),
    COMMANDS_OTHER("mempair.proxy.commands", "other", "Requests taken from clients"),
    KEYS_HIT("mempair.proxy.keys", "hit", "Keys asked for by clients, by outcome"),
    KEYS_MISSED("mempair.proxy.keys", "miss", "Keys asked for by clients, by outcome"),
    KEYS_FAILED("mempair.proxy.keys", "failed", "Keys asked for by clients, by outcome"),
    KEYS_MISSED_BY_FAILURE(
            "mempair.proxy.keys.missed.by.failure", "", "Keys told as misses because their servers gave no answer"),
    READS_FROM_BACKUP("mempair.proxy.backup.reads", "", "Keys read from the backup tier"),
    LOOKUPS_HIT("mempair.proxy.lookups", "hit", "Keys one copy lacked, looked up at the other"),
    LOOKUPS_MISSED("mempair.proxy.lookups", "miss", "Keys one copy lacked, looked up at the other"),
    LAST_COPY_WAITS(
            "mempair.proxy.last.copy.waits",
            "begun",
            "Requests that waited for the only server that may have the value"),
    LAST_COPY_FAILURES(
            "mempair.proxy.last.copy.waits",
            "failed",
            "Requests that waited for the only server that may have the value"),
    READS_HEDGED("mempair.proxy.hedged.reads", "", "Reads also asked of the backup because the primary was slow"),
    REFILLS_DONE("mempair.proxy.refills", "done", "Keys copied to a server that lacked them, by outcome"),
    REFILLS_BEATEN("mempair.proxy.refills", "beaten", "Keys copied to a server that lacked them, by outcome"),
    REFILLS_FAILED("mempair.proxy.refills", "failed", "Keys copied to a server that lacked them, by outcome"),
    TURNS_HELD(
            "mempair.proxy.turns", "held", "Turns of the event loops, by whether their output was held for more input"),
    TURNS_NOT_HELD(
            "mempair.proxy.turns",
            "not_held",
            "Turns of the event loops, by whether their output was held for more input"),
    CLIENT_BYTES_IN("mempair.proxy.client.bytes", "in", "Bytes from and to clients, without those of TLS"),
    CLIENT_BYTES_OUT("mempair.proxy.client.bytes", "out", "Bytes from and to clients, without those of TLS"),
    CLIENT_ERRORS("mempair.proxy.client.errors", "", "Requests answered with an error because of the client"),
    SERVER_ERRORS("mempair.proxy.server.errors", "", "Requests answered with SERVER_ERROR by the proxy"),
    CLIENTS_ACCEPTED("mempair.proxy.clients.accepted", "", "Connections of clients taken"),
    CLIENTS_REFUSED("mempair.proxy.clients.refused", "", "Connections refused because of max-clients"),
    CLIENTS_DROPPED("mempair.proxy.clients.dropped", "", "Connections the proxy closed: unread answers, no lease"),
    CLIENTS_NOT_ALLOWED("mempair.proxy.clients.not.allowed", "", "Connections refused because of allow"),
    CLIENTS_IDLE("mempair.proxy.clients.idle", "", "Connections closed because of idle-timeout"),
    CLIENTS_WITHOUT_TLS("mempair.proxy.clients.tls.failures", "", "Connections whose TLS handshake failed"),
    LOGINS_FAILED("mempair.proxy.clients.login.failures", "", "Logins with an unknown user or a wrong password"),
    READS_PAUSED(
            "mempair.proxy.clients.paused",
            "",
            "Times reading from a client paused: a bound was reached, or servers changed"),
    READS_PAUSED_FOR_MEMORY(
            "mempair.proxy.clients.memory.paused",
            "",
            "Times reading from a client paused because of what it made the proxy hold"),
    CLIENTS_UNREAD(
            "mempair.proxy.clients.memory.closed",
            "unread",
            "Connections closed because of what they made the proxy hold"),
    CLIENTS_GREEDIEST(
            "mempair.proxy.clients.memory.closed",
            "greediest",
            "Connections closed because of what they made the proxy hold"),
    CLIENTS_STALLED(
            "mempair.proxy.clients.memory.closed",
            "stalled",
            "Connections closed because of what they made the proxy hold"),
    SERVER_CONNECTS("mempair.proxy.server.connects", "", "Connections made to servers"),
    SERVER_CONNECTION_FAILURES("mempair.proxy.server.failures", "", "Connections to servers that failed or were lost"),
    SERVER_TIMEOUTS("mempair.proxy.server.timeouts", "", "Connections to servers closed because an answer was late");

    private final String meterName;
    private final String value;
    private final String meaning;

    ProxyMeter(String meterName, String value, String meaning) {
        this.meterName = meterName;
        this.value = value;
        this.meaning = meaning;
    }

    /** Micrometer's name; several counters may share it and differ by {@link #value}. */
    public String meterName() {
        return meterName;
    }

    /** Value of the tag {@link #label}, or empty for a counter without a tag. */
    public String value() {
        return value;
    }

    /** What tells the counters of one name apart: the command, what came of it, the direction, or why. */
    public String label() {
        return switch (meterName) {
            case "mempair.proxy.commands" -> "command";
            case "mempair.proxy.clients.memory.closed" -> "reason";
            case "mempair.proxy.client.bytes" -> "direction";
            default -> "status";
        };
    }

    /** One line for the operator. */
    public String meaning() {
        return meaning;
    }
}
