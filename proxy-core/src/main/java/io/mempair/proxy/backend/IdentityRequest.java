package io.mempair.proxy.backend;

import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.replication.ServerIdentity;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Determines the identity of a server process by {@code stats}: protocol.txt "General-purpose statistics". Only
 * memcached's own numbers count. A server that does not report them is {@link ServerIdentity#UNKNOWN}; so is a proxy,
 * which can restart without losing items. Confined to the loop of the connection.
 */
final class IdentityRequest implements StatsRequest.StatsListener {

    private static final byte[] QUESTION = TextReplies.line("stats");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    private final ServerConnection connection;
    private final Runnable afterwards;
    private final Runnable lost;

    private IdentityRequest(ServerConnection connection, Runnable afterwards, Runnable lost) {
        this.connection = connection;
        this.afterwards = afterwards;
        this.lost = lost;
    }

    /**
     * Asks the server, and updates its replica state.
     *
     * @param afterwards  runs after that
     * @param lost        runs instead if the connection is lost
     */
    static void ask(ServerConnection connection, Runnable afterwards, Runnable lost) {
        connection.output().bytes(QUESTION);
        connection.sent(StatsRequest.ours(new IdentityRequest(connection, afterwards, lost)));
    }

    @Override
    public void listed(List<Stat> stats) {
        long pid = number(stats, "pid");
        long timeSeconds = number(stats, "time");
        long uptimeSeconds = number(stats, "uptime");
        boolean proxy = stats.stream().anyMatch(stat -> stat.name().startsWith("proxy_"));
        boolean known = !proxy && pid > 0 && timeSeconds > 0 && uptimeSeconds >= 0;
        tell(known ? new ServerIdentity(pid, timeSeconds - uptimeSeconds) : ServerIdentity.UNKNOWN);
        if (known) {
            connection.lifecycle().showsTime(timeSeconds);
        }
    }

    @Override
    public void refused() {
        tell(ServerIdentity.UNKNOWN);
    }

    private void tell(ServerIdentity identity) {
        connection.lifecycle().identified(identity);
        afterwards.run();
    }

    @Override
    public void failed() {
        // The caller drops the connection; the next connection asks again.
        lost.run();
    }

    private static long number(List<Stat> stats, String name) {
        for (Stat stat : stats) {
            if (stat.name().equals(name) && NUMBER.matcher(stat.value()).matches()) {
                return Long.parseLong(stat.value());
            }
        }
        return -1;
    }
}
