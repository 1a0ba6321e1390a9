package io.mempair.proxy.route;

import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the copies of keys of a pool are now, and where they are to be. A copy moves if its next server has another address than
 * those that have the key now. Servers are numbered, primaries first, then backups. Not for several threads: a hash may keep scratch
 * space.
 */
public final class MovePlan {

    /** No server: the copy stays where one is, or there is no such copy. */
    public static final int STAYS = -1;

    private final CopyPlaces now;
    private final CopyPlaces then;

    /** The places of one pool. */
    private static final class CopyPlaces {
        private final Placement primaries;
        private final @Nullable Placement backups;
        private final List<ServerAddress> servers;
        private final int primaryCount;

        CopyPlaces(PoolConfig pool) {
            this.primaries = Placement.of(pool.placement(), pool.primaries());
            this.backups = pool.hasBackupTier() ? Placement.of(pool.placement(), pool.backups()) : null;
            this.servers = pool.servers();
            this.primaryCount = pool.primaries().size();
        }

        int primaryOf(byte[] bytes, int keyOffset, int keyLength) {
            return primaries.serverOf(bytes, keyOffset, keyLength);
        }

        int backupOf(byte[] bytes, int keyOffset, int keyLength) {
            return backups == null ? STAYS : primaryCount + backups.serverOf(bytes, keyOffset, keyLength);
        }

        boolean places(ServerAddress server, byte[] bytes, int keyOffset, int keyLength) {
            if (server.equals(servers.get(primaryOf(bytes, keyOffset, keyLength)))) {
                return true;
            }
            int backup = backupOf(bytes, keyOffset, keyLength);
            return backup >= 0 && server.equals(servers.get(backup));
        }
    }

    /** From the servers of the one pool to those of the other. */
    public MovePlan(PoolConfig now, PoolConfig next) {
        this.now = new CopyPlaces(now);
        this.then = new CopyPlaces(next);
    }

    /** Number of the key's primary now. */
    public int ownerOf(byte[] bytes, int keyOffset, int keyLength) {
        return now.primaryOf(bytes, keyOffset, keyLength);
    }

    /** Number of the key's backup now, or {@link #STAYS} if it has none. */
    public int backupOf(byte[] bytes, int keyOffset, int keyLength) {
        return now.backupOf(bytes, keyOffset, keyLength);
    }

    /** Number of the key's next primary among the next servers, or {@link #STAYS} if that one has the key now. */
    public int targetOf(byte[] bytes, int keyOffset, int keyLength) {
        return unlessThere(then.primaryOf(bytes, keyOffset, keyLength), bytes, keyOffset, keyLength);
    }

    /** As {@link #targetOf}, of its next backup; {@link #STAYS} also if it is to have none. */
    public int secondTargetOf(byte[] bytes, int keyOffset, int keyLength) {
        return unlessThere(then.backupOf(bytes, keyOffset, keyLength), bytes, keyOffset, keyLength);
    }

    private int unlessThere(int next, byte[] bytes, int keyOffset, int keyLength) {
        boolean stays = next < 0 || now.places(then.servers.get(next), bytes, keyOffset, keyLength);
        return stays ? STAYS : next;
    }

    /** Whether a copy of the key moves. */
    public boolean moves(byte[] bytes, int keyOffset, int keyLength) {
        return targetOf(bytes, keyOffset, keyLength) != STAYS || secondTargetOf(bytes, keyOffset, keyLength) != STAYS;
    }

    /** Whether that server has a copy of the key now. */
    public boolean isAt(ServerAddress server, byte[] bytes, int keyOffset, int keyLength) {
        return now.places(server, bytes, keyOffset, keyLength);
    }

    /** Whether that server is to have a copy of the key. */
    public boolean isToBeAt(ServerAddress server, byte[] bytes, int keyOffset, int keyLength) {
        return then.places(server, bytes, keyOffset, keyLength);
    }

    /** Whether each key has two copies now. */
    public boolean hasTwoCopies() {
        return now.backups != null;
    }

    /** Whether each key is to have two copies. */
    public boolean leadsToTwoCopies() {
        return then.backups != null;
    }

    /** How many of the servers now are primaries. */
    public int primaryCount() {
        return now.primaryCount;
    }
}
