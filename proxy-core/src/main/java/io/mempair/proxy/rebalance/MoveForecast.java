package io.mempair.proxy.rebalance;

import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.route.MovePlan;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a change of a pool with one copy will move, server by server: an estimate, made of what the servers hold now and of
 * where keys go that are made up, the same ones each time. Pure.
 *
 * @param servers  the former servers in their order, then those that join
 */
public record MoveForecast(List<ServerForecast> servers) {

    private static final int SAMPLE = 20_000;

    /**
     * One server.
     *
     * @param server    the server
     * @param role      what becomes of it
     * @param now       what it holds now
     * @param keysOut   keys that other servers get from it
     * @param keysIn    keys that it gets from others
     * @param bytesIn   of these
     */
    public record ServerForecast(
            ServerAddress server, ServerRole role, ServerHoldings now, long keysOut, long keysIn, long bytesIn) {

        /** At the end of the copy, when what it had is still there. */
        public long mostBytes() {
            return now.bytes() + bytesIn;
        }

        /** Whether that is more than its memory. */
        public boolean isFull() {
            return bytesIn > 0 && now.limitBytes() > 0 && mostBytes() > now.limitBytes();
        }
    }

    /** Whether a server is in the list before and after. */
    public enum ServerRole {
        STAYS,
        JOINS,
        LEAVES
    }

    public MoveForecast {
        servers = List.copyOf(servers);
    }

    /**
     * For the change from one pool to the other.
     *
     * @param stats  of the servers of both; a server that is missing holds nothing
     */
    public static MoveForecast of(PoolConfig now, PoolConfig next, Map<ServerAddress, ServerHoldings> stats) {
        List<ServerAddress> from = now.primaries();
        List<ServerAddress> to = next.primaries();
        long[][] moves = sample(now, next);
        Set<ServerAddress> all = new LinkedHashSet<>(from);
        all.addAll(to);
        List<ServerForecast> forecasts = new ArrayList<>();
        for (ServerAddress server : all) {
            int source = from.indexOf(server);
            int target = to.indexOf(server);
            double keysIn = 0;
            double bytesIn = 0;
            for (int i = 0; i < from.size() && target >= 0; i++) {
                ServerHoldings held = stats.getOrDefault(from.get(i), ServerHoldings.NONE);
                double share = share(moves[i], target);
                keysIn += share * held.items();
                bytesIn += share * held.bytes();
            }
            ServerHoldings held = stats.getOrDefault(server, ServerHoldings.NONE);
            double keysOut = source < 0 ? 0 : (1 - share(moves[source], to.size())) * held.items();
            forecasts.add(new ServerForecast(
                    server,
                    source < 0 ? ServerRole.JOINS : target < 0 ? ServerRole.LEAVES : ServerRole.STAYS,
                    held,
                    Math.round(keysOut),
                    Math.round(keysIn),
                    Math.round(bytesIn)));
        }
        return new MoveForecast(forecasts);
    }

    /** For each former server how many keys of the sample go to each next one; the last number is of those that stay. */
    private static long[][] sample(PoolConfig now, PoolConfig next) {
        int targets = next.primaries().size();
        long[][] moves = new long[now.primaries().size()][targets + 1];
        MovePlan plan = new MovePlan(now, next);
        for (int i = 0; i < SAMPLE; i++) {
            byte[] key = ("key-" + i).getBytes(StandardCharsets.US_ASCII);
            int target = plan.targetOf(key, 0, key.length);
            moves[plan.ownerOf(key, 0, key.length)][target == MovePlan.STAYS ? targets : target]++;
        }
        return moves;
    }

    private static double share(long[] moves, int index) {
        long sum = 0;
        for (long count : moves) {
            sum += count;
        }
        // a server that owns nothing gives nothing
        return sum == 0 ? (index == moves.length - 1 ? 1 : 0) : (double) moves[index] / sum;
    }

    /** All keys that move. */
    public long keys() {
        return servers.stream().mapToLong(ServerForecast::keysOut).sum();
    }

    /** The bytes of these. */
    public long bytes() {
        return servers.stream().mapToLong(ServerForecast::bytesIn).sum();
    }

    /** The servers whose memory is too small. */
    public List<ServerForecast> full() {
        return servers.stream().filter(ServerForecast::isFull).toList();
    }
}
