package io.mempair.proxy.backend;

import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.protocol.text.TextReplies;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Learns a server's {@code item_size_max} when it is connected, by {@code stats settings}. What is no memcached may
 * answer an error, or close: it is asked no more after the second time that cost a connection. Confined to the loop.
 */
final class LongestItem {

    /** Bytes; memcached's {@code -I} takes no more. */
    private static final int MOST_BYTES = 1 << 30;

    private static final int MAX_CONNECTIONS_LOST = 2;
    private static final byte[] QUESTION = TextReplies.line("stats settings");
    private static final Pattern BYTES = Pattern.compile("[1-9][0-9]{0,17}");

    private int bytes;
    private int connectionsLost;

    /** What the server last said, in bytes, or 0 if it never did. */
    int bytes() {
        return bytes;
    }

    /** Asks over a new connection, and goes on with {@code afterwards} unless the connection is lost. */
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
