package io.mempair.proxy.metrics;

import io.mempair.proxy.protocol.Command;
import java.util.Locale;

/** What latencies are told apart by: what was asked, whichever protocol says it. */
public enum TimedCommand {
    GET,
    SET,
    /** {@code touch}, and {@code gat}, as in the counters of commands. */
    TOUCH,
    DELETE,
    ARITHMETIC,
    OTHER;

    /** That of {@code command}. */
    public static TimedCommand of(Command command) {
        return switch (command) {
            case GET, GETS, MG -> GET;
            case SET, ADD, REPLACE, APPEND, PREPEND, CAS, MS -> SET;
            case TOUCH, GAT, GATS -> TOUCH;
            case DELETE, MD -> DELETE;
            case INCR, DECR, MA -> ARITHMETIC;
            default -> OTHER;
        };
    }

    /** That of a line that begins with {@code get}, {@code gets}, {@code gat} or {@code gats}. */
    public static TimedCommand ofRetrieval(byte[] line) {
        return line[1] == 'a' ? TOUCH : GET;
    }

    /** As {@code mempair_proxy_commands_total} has it: the name in lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
