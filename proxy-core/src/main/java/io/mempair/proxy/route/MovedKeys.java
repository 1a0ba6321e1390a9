package io.mempair.proxy.route;

import io.mempair.proxy.config.PlacementRule;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The share of keys that a change of a pool moves to another server, where they are missing. It is counted on keys that
 * are made up, the same ones each time: an estimate, within about a percent. A server is another if its address differs, whatever its
 * name: what was stored stays on the machine.
 *
 * @param percent        of the first copies, rounded up
 * @param secondPercent  of the second copies, rounded up; 0 unless there are two before and after
 * @param receivers      the servers that first copies move to, those that get most first
 */
public record MovedKeys(int percent, int secondPercent, List<KeyReceiver> receivers) {

    /** Nothing moves. */
    public static final MovedKeys NONE = new MovedKeys(0, 0, List.of());

    private static final int SAMPLE = 10_000;

    /** Receivers that are named; a longer list is cut to its beginning. */
    private static final int MAX_NAMED = 4;

    /**
     * A server that gets keys which another has had.
     *
     * @param server   the server
     * @param percent  of all keys, rounded up
     */
    public record KeyReceiver(ServerAddress server, int percent) {

        @Override
        public String toString() {
            return server + " (" + percent + " %)";
        }
    }

    public MovedKeys {
        receivers = List.copyOf(receivers);
    }

    /** What moves from one pool to the other. */
    public static MovedKeys between(PoolConfig before, PoolConfig after) {
        PlacementRule now = before.placement();
        PlacementRule then = after.placement();
        boolean twoCopies = before.hasBackupTier() && after.hasBackupTier();
        int[] first = received(now, before.primaries(), then, after.primaries());
        int[] second = twoCopies ? received(now, before.backups(), then, after.backups()) : new int[0];
        List<KeyReceiver> receivers = IntStream.range(0, first.length)
                .filter(server -> first[server] > 0)
                .mapToObj(server -> new KeyReceiver(after.primaries().get(server), percent(first[server])))
                .sorted(Comparator.comparingInt(KeyReceiver::percent).reversed())
                .toList();
        return new MovedKeys(
                percent(IntStream.of(first).sum()), percent(IntStream.of(second).sum()), receivers);
    }

    /** How many keys of the sample each of the later servers gets that another has had. */
    private static int[] received(
            PlacementRule before, List<ServerAddress> servers, PlacementRule after, List<ServerAddress> others) {
        int[] received = new int[others.size()];
        if (before.equals(after) && servers.equals(others)) {
            return received;
        }
        Placement now = Placement.of(before, servers);
        Placement then = Placement.of(after, others);
        for (int i = 0; i < SAMPLE; i++) {
            byte[] key = ("key-" + i).getBytes(StandardCharsets.US_ASCII);
            ServerAddress from = servers.get(now.serverOf(key, 0, key.length));
            int to = then.serverOf(key, 0, key.length);
            received[to] += from.equals(others.get(to)) ? 0 : 1;
        }
        return received;
    }

    private static int percent(int ofSample) {
        return ((ofSample * 100) + SAMPLE - 1) / SAMPLE;
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

    /** The end of that sentence, after a comma: which servers the first copies move to. Empty if none of them does. */
    public String toWhom() {
        if (receivers.isEmpty()) {
            return "";
        }
        String keys = secondPercent == 0 ? "" : "the keys ";
        if (receivers.size() == 1) {
            return ", " + keys + "all to " + receivers.get(0).server();
        }
        String named =
                receivers.stream().limit(MAX_NAMED).map(KeyReceiver::toString).collect(Collectors.joining(", "));
        int others = receivers.size() - MAX_NAMED;
        return ", " + keys + "to " + named + (others > 0 ? " and " + others + " more" : "");
    }
}
