package io.mempair.proxy.route;

import io.mempair.proxy.config.PlacementRule;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The share of keys that a change of a pool moves to another server, where they are missing. It is counted on keys that
 * are made up, the same ones each time: an estimate, within about a percent. A server is another if its address differs, whatever its
 * name: what was stored stays on the machine.
 *
 * @param percent        of the first copies, rounded up
 * @param secondPercent  of the second copies, rounded up; 0 unless there are two before and after
 */
public record MovedKeys(int percent, int secondPercent) {

    /** Nothing moves. */
    public static final MovedKeys NONE = new MovedKeys(0, 0);

    private static final int SAMPLE = 10_000;

    /** What moves from one pool to the other. */
    public static MovedKeys between(PoolConfig before, PoolConfig after) {
        PlacementRule now = before.placement();
        PlacementRule then = after.placement();
        boolean twoCopies = before.hasBackupTier() && after.hasBackupTier();
        return new MovedKeys(
                percent(now, before.primaries(), then, after.primaries()),
                twoCopies ? percent(now, before.backups(), then, after.backups()) : 0);
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

    /** Whether every copy stays where it is. */
    public boolean isNone() {
        return percent == 0 && secondPercent == 0;
    }

    /** The subject of a sentence: {@code about 25 % of the keys}. */
    @Override
    public String toString() {
        String keys = "about " + percent + " % of the keys";
        String copies = "about " + secondPercent + " % of the second copies";
        if (secondPercent == 0) {
            return keys;
        }
        return percent == 0 ? copies : keys + " and " + copies;
    }
}
