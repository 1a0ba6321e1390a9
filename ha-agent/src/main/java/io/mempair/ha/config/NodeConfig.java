package io.mempair.ha.config;

import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.replication.IdClock;
import java.util.List;

/**
 * One node of the pair, as the operator configured it.
 *
 * @param name            unique in the pair
 * @param priority        1..254; the higher becomes active when nobody is
 * @param warmup       whether a standby asks itself requests until the code for them is compiled
 * @param group           the channel to the other node
 * @param virtualAddress  the floating addresses
 * @param hooks           the operator's programs
 * @param proxy           the data plane; its listeners are opened while the node is active; it is told the virtual addresses
 * @param checks          the operator's own checks of fitness
 * @param admin           where the node is watched and steered
 * @param log             what is logged, and how
 */
public record NodeConfig(
        String name,
        int priority,
        boolean warmup,
        GroupConfig group,
        VirtualAddressConfig virtualAddress,
        HooksConfig hooks,
        ProxyConfig proxy,
        List<CheckConfig> checks,
        AdminConfig admin,
        LogConfig log) {

    /** Of {@link #number}: two nodes and a witness need no more. */
    private static final int PLACE_BITS = 2;

    private static final int MAX_PLACE = (1 << PLACE_BITS) - 1;

    public NodeConfig {
        requireName(name);
        requirePriority(priority);
        checks = List.copyOf(checks);
        proxy = proxy.withVirtualAddresses(virtualAddress.inetAddresses());
    }

    /**
     * A number for the cas ids made here. Its upper bits are the rank of the node among the members, by address; so
     * it differs from theirs if all members' files write addresses alike. Otherwise it most likely differs by the name.
     */
    public int number() {
        String self = new ServerAddress(group.bind(), group.port()).toString();
        long place = group.peers().stream()
                .filter(peer -> peer.toString().compareTo(self) < 0)
                .count();
        int placeBits = (int) Math.min(place, MAX_PLACE) << (IdClock.NODE_BITS - PLACE_BITS);
        return placeBits | (name.hashCode() * 0x9E3779B9) >>> (32 - IdClock.NODE_BITS + PLACE_BITS);
    }

    /**
     * {@code name} if it is valid.
     *
     * @throws IllegalArgumentException saying what a name may be
     */
    public static String requireName(String name) {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
            throw new IllegalArgumentException("name: '" + name + "' (expected: letters, digits, . _ -; at most 63)");
        }
        return name;
    }

    /** {@code priority} if it is valid. */
    static int requirePriority(int priority) {
        if (priority < 1 || priority > 254) {
            throw new IllegalArgumentException("priority: " + priority + " (expected: 1..254)");
        }
        return priority;
    }
}
