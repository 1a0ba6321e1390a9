package io.mempair.proxy.backend;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of the addresses of a server's name is in use: one for all loops at a time, since behind another address may be another
 * process with other items. As long as one loop has a usable connection, the address stays, whatever the name means by then. When
 * none has, and the address is not one of the name's any more or does not answer, the next one is tried. Any thread; cold, so it
 * locks.
 */
final class AddressInUse {

    private List<InetAddress> known = List.of();
    private @Nullable InetAddress current;
    private int users;

    /** Of a name that was never looked up. */
    AddressInUse() {}

    /** Of a name that means these now; at least one address. */
    AddressInUse(List<InetAddress> resolved) {
        known = List.copyOf(resolved);
        current = known.get(0);
    }

    /** The address that a loop is connected to, or null if none is: then the name is to be looked up. */
    synchronized @Nullable InetAddress pinned() {
        return users > 0 ? current : null;
    }

    /** The address to try, or null if the name was never looked up. */
    synchronized @Nullable InetAddress current() {
        return current;
    }

    /**
     * Which address to connect to.
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
            throw new AssertionError("in use without an address");
        }
        current = chosen;
        return chosen;
    }

    /** The server does not answer at that address; the next try is for the next one, if nobody is connected. */
    synchronized void failed(InetAddress address) {
        if (users == 0 && address.equals(current) && known.contains(address)) {
            current = known.get((known.indexOf(address) + 1) % known.size());
        }
    }

    /**
     * A loop is connected and wants to serve from there.
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

    /** A connection that was counted by {@link #begin} is gone. */
    synchronized void end() {
        users--;
    }

    /** How many addresses the name had when it was last looked up. */
    synchronized int knownAddresses() {
        return known.size();
    }
}
