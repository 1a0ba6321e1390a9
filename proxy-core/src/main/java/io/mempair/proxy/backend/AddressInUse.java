package io.mempair.proxy.backend;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the address of a server's host name that all loops use. There is one at a time, because another address may
 * lead to another process with other items. The address stays while any loop has a usable connection, even if the name
 * resolves differently by then. When no loop is connected, and the address no longer belongs to the name or does not
 * answer, the next one is tried. Any thread; not on the hot path, so it locks.
 */
final class AddressInUse {

    private List<InetAddress> known = List.of();
    private @Nullable InetAddress current;
    private int users;

    /** For a name that was never resolved. */
    AddressInUse() {}

    /** For a name with these addresses; at least one. */
    AddressInUse(List<InetAddress> resolved) {
        known = List.copyOf(resolved);
        current = known.get(0);
    }

    /** The address a loop is connected to; null if none is, and then the name must be resolved. */
    synchronized @Nullable InetAddress pinned() {
        return users > 0 ? current : null;
    }

    /** The address to try, or null if the name was never resolved. */
    synchronized @Nullable InetAddress current() {
        return current;
    }

    /**
     * Chooses the address to connect to.
     *
     * @param resolved  what the name means now; at least one address
     */
    synchronized InetAddress choose(List<InetAddress> resolved) {
        InetAddress chosen = current;
        if (users == 0) {
            known = List.copyOf(resolved);
            if (chosen == null || !known.contains(chosen)) {
                chosen = known.get(0);
            }
        }
        if (chosen == null) {
            throw new AssertionError("a connection is counted without an address");
        }
        current = chosen;
        return chosen;
    }

    /** The server does not answer at that address: the next attempt uses the next one, if no loop is connected. */
    synchronized void failed(InetAddress address) {
        if (users == 0 && address.equals(current) && known.contains(address)) {
            current = known.get((known.indexOf(address) + 1) % known.size());
        }
    }

    /**
     * A loop is connected and asks to serve from that address.
     *
     * @return whether it may: not if another address is in use by now. If so, {@link #end} must follow once
     */
    synchronized boolean begin(InetAddress address) {
        if (!address.equals(current)) {
            return false;
        }
        users++;
        return true;
    }

    /** A connection counted by {@link #begin} is closed. */
    synchronized void end() {
        users--;
    }

    /** Number of addresses at the last resolution. */
    synchronized int knownAddresses() {
        return known.size();
    }
}
