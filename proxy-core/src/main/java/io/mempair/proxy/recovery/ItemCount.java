package io.mempair.proxy.recovery;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.StatsRequest;
import io.mempair.proxy.protocol.Decimal;
import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.protocol.text.TextReplies;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.LongConsumer;

/** How many items a server has, as its {@code stats} say. */
final class ItemCount {

    private static final byte[] STATS = TextReplies.line("stats");

    private ItemCount() {}

    /**
     * Asks a server, on the loop of the connection.
     *
     * @param counted  receives the number, if the server says one above 0; not called otherwise
     */
    static void ask(ServerConnection server, LongConsumer counted) {
        if (!server.usable()) {
            return;
        }
        StatsRequest.StatsListener listener = new StatsRequest.StatsListener() {
            @Override
            public void listed(List<Stat> stats) {
                stats.stream()
                        .filter(stat -> stat.name().equals("curr_items"))
                        .map(stat -> stat.value().getBytes(StandardCharsets.US_ASCII))
                        .mapToLong(value -> Decimal.unsigned(value, 0, value.length, Long.MAX_VALUE))
                        .filter(items -> items > 0)
                        .forEach(counted);
            }

            @Override
            public void refused() {}

            @Override
            public void failed() {}
        };
        server.send(new StatsRequest(listener), out -> out.bytes(STATS));
    }
}
