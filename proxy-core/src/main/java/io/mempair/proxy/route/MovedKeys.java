package io.mempair.proxy.route;

import io.mempair.proxy.config.PlacementRule;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The share of keys that a change of a pool moves to another server, where they are missing. It is counted on keys that
 * are made up, the same ones each time: an estimate, within about a percent.
 */
public final class MovedKeys {

    private static final int SAMPLE = 10_000;

    private MovedKeys() {}

    /**
     * The share of keys, in percent and rounded up, whose first copy is on another server afterwards. A server is another if
     * its address differs, whatever its name: what was stored stays on the machine.
     */
    public static int percent(PoolConfig before, PoolConfig after) {
        return percent(before.placement(), before.primaries(), after.placement(), after.primaries());
    }

    private static int percent(
            PlacementRule before, List<ServerAddress> servers, PlacementRule after, List<ServerAddress> others) {
        if (before.equals(after) && servers.equals(others)) {
            return 0;
        }
        Placement now = Placement.of(before, servers);
        Placement then = Placement.of(after, others);
        int moved = 0;
        for (int i = 0; i < SAMPLE; i++) {
            byte[] key = ("key-" + i).getBytes(StandardCharsets.US_ASCII);
            ServerAddress from = servers.get(now.serverOf(key, 0, key.length));
            ServerAddress to = others.get(then.serverOf(key, 0, key.length));
            moved += from.equals(to) ? 0 : 1;
        }
        return ((moved * 100) + SAMPLE - 1) / SAMPLE;
    }
}
