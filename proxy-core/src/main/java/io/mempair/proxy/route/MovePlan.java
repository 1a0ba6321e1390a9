package io.mempair.proxy.route;

import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import java.util.List;

/**
 * Where keys of a pool with one copy are now, and where they are to be. A key moves if its next server has another
 * address. Not for several threads: a hash may keep scratch space.
 */
public final class MovePlan {

    /** The key stays where it is. */
    public static final int STAYS = -1;

    private final Placement now;
    private final Placement then;
    private final List<ServerAddress> servers;
    private final List<ServerAddress> nextServers;

    /** From the primaries of the one pool to those of the other. */
    public MovePlan(PoolConfig now, PoolConfig next) {
        this.now = Placement.of(now.placement(), now.primaries());
        this.then = Placement.of(next.placement(), next.primaries());
        this.servers = now.primaries();
        this.nextServers = next.primaries();
    }

    /** Index of the key's server now. */
    public int ownerOf(byte[] bytes, int keyOffset, int keyLength) {
        return now.serverOf(bytes, keyOffset, keyLength);
    }

    /** Index of the key's next server among the next ones, or {@link #STAYS}. */
    public int targetOf(byte[] bytes, int keyOffset, int keyLength) {
        int target = then.serverOf(bytes, keyOffset, keyLength);
        ServerAddress owner = servers.get(now.serverOf(bytes, keyOffset, keyLength));
        return owner.equals(nextServers.get(target)) ? STAYS : target;
    }
}
