package io.mempair.proxy.rebalance;

import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a change of a pool will move, server by server: an estimate, made of what the servers hold now and of
 * where keys go that are made up, the same ones each time. Pure.
 *
 * @param servers  the former servers in their order, then those that join
 */
public record MoveForecast(List<ServerForecast> servers) {

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
        List<ServerAddress> from = now.servers();
        List<ServerAddress> to = next.servers();
        MovedSample sample = new MovedSample(now, next);
        Set<ServerAddress> all = new LinkedHashSet<>(from);
        all.addAll(to);
        List<ServerForecast> forecasts = new ArrayList<>();
        for (ServerAddress server : all) {
            int source = from.indexOf(server);
            int target = to.indexOf(server);
            double keysIn = 0;
            double bytesIn = 0;
            for (int i = 0; i < now.primaries().size() && target >= 0; i++) {
                ServerHoldings held = stats.getOrDefault(from.get(i), ServerHoldings.NONE);
                double share = sample.shareTo(i, target);
                keysIn += share * held.items();
                bytesIn += share * held.bytes();
            }
            ServerHoldings held = stats.getOrDefault(server, ServerHoldings.NONE);
            double keysOut = source < 0 ? 0 : sample.shareThatLeaves(source) * held.items();
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

    /** All copies of keys that move. */
    public long keys() {
        return servers.stream().mapToLong(ServerForecast::keysIn).sum();
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
