package io.mempair.proxy.backend;

import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.protocol.text.TextReplies;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads a server's {@code item_size_max} during the handshake, by {@code stats settings}. A server that is not
 * memcached may answer with an error, or close: after the second connection lost in this way it is not asked again.
 * Confined to the loop.
 */
final class LongestItem {

    /** Bytes; the limit of memcached's option {@code -I}. */
    private static final int MOST_BYTES = 1 << 30;

    private static final int MAX_CONNECTIONS_LOST = 2;
    private static final byte[] QUESTION = TextReplies.line("stats settings");
    private static final Pattern BYTES = Pattern.compile("[1-9][0-9]{0,17}");

    private int bytes;
    private int connectionsLost;

    /** The last reported value in bytes, or 0 if there is none. */
    int bytes() {
        return bytes;
    }

    /** Asks over a new connection; runs {@code afterwards} unless the connection is lost. */
    void ask(ServerConnection connection, Runnable afterwards) {
        if (connectionsLost >= MAX_CONNECTIONS_LOST) {
            afterwards.run();
            return;
        }
        connection.output().bytes(QUESTION);
        connection.sent(StatsRequest.ours(new StatsRequest.StatsListener() {
            @Override
            public void listed(List<Stat> stats) {
                connectionsLost = 0;
                stats.forEach(LongestItem.this::read);
                afterwards.run();
            }

            @Override
            public void refused() {
                afterwards.run();
            }

            @Override
            public void failed() {
                connectionsLost++;
            }
        }));
    }

    private void read(Stat stat) {
        if (stat.name().equals("item_size_max") && BYTES.matcher(stat.value()).matches()) {
            bytes = (int) Math.min(Long.parseLong(stat.value()), MOST_BYTES);
        }
    }
}
