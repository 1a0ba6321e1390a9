package io.mempair.proxy.backend;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses from which address of this host a server is connected to. A connection that comes from a virtual address is
 * lost without a word when the address moves, and stays on the server half open for hours; so an own address is bound
 * where the kernel would choose a virtual one. Looks at the interfaces at each attempt, because addresses come and go;
 * if nothing floats it costs nothing. Immutable; any thread.
 */
public final class SourceAddress {

    /** On a host that keeps its addresses: the kernel's choice is good. */
    public static final SourceAddress ANY = new SourceAddress(Set.of());

    /** Port of the socket that asks the kernel for a route; nothing is sent. */
    private static final int DISCARD = 9;

    private final Set<InetAddress> virtualAddresses;

    /** @param virtualAddresses  addresses that this host may lose to another one at any time */
    public SourceAddress(Set<InetAddress> virtualAddresses) {
        this.virtualAddresses = Set.copyOf(virtualAddresses);
    }

    /** An own address to be bound; null to leave it to the kernel, which chooses an own one too, or has no other. */
    @Nullable
    InetAddress ownTowards(InetAddress target) {
        if (virtualAddresses.isEmpty()) {
            return null;
        }
        InetAddress kernels = kernelsChoice(target);
        if (kernels == null || !virtualAddresses.contains(kernels)) {
            return null;
        }
        try {
            return choose(target);
        } catch (SocketException e) {
            return null; // the interfaces cannot be read, and the kernel's choice is what is left
        }
    }

    /** The virtual address that a connection with this local address comes from; null if it comes from an own one. */
    @Nullable
    InetAddress virtualIn(@Nullable SocketAddress local) {
        return local instanceof InetSocketAddress inet && virtualAddresses.contains(inet.getAddress())
                ? inet.getAddress()
                : null;
    }

    private static @Nullable InetAddress kernelsChoice(InetAddress target) {
        try (DatagramChannel asking = DatagramChannel.open()) {
            asking.connect(new InetSocketAddress(target, DISCARD));
            return ((InetSocketAddress) asking.getLocalAddress()).getAddress();
        } catch (IOException e) {
            return null; // no route at all: the attempt will say so
        }
    }

    /** One of the server's network; else one beside a virtual address, for which there may be a way back. */
    private @Nullable InetAddress choose(InetAddress target) throws SocketException {
        List<InetAddress> beside = new ArrayList<>();
        for (NetworkInterface nic : NetworkInterface.networkInterfaces().toList()) {
            List<InterfaceAddress> addresses = nic.getInterfaceAddresses();
            for (InterfaceAddress one : addresses) {
                InetAddress own = one.getAddress();
                if (!isUsable(own, target)) {
                    continue;
                }
                if (inOneNetwork(own, target, one.getNetworkPrefixLength())) {
                    return own;
                }
                if (addresses.stream().anyMatch(other -> virtualAddresses.contains(other.getAddress()))) {
                    beside.add(own);
                }
            }
        }
        return beside.isEmpty() ? null : beside.get(0);
    }

    private boolean isUsable(InetAddress own, InetAddress target) {
        return own.getAddress().length == target.getAddress().length
                && !virtualAddresses.contains(own)
                && !own.isLoopbackAddress()
                && !own.isLinkLocalAddress();
    }

    private static boolean inOneNetwork(InetAddress own, InetAddress other, int prefixLength) {
        byte[] left = own.getAddress();
        byte[] right = other.getAddress();
        for (int bit = 0; bit < prefixLength; bit++) {
            if (((left[bit / 8] ^ right[bit / 8]) >> (7 - bit % 8) & 1) != 0) {
                return false;
            }
        }
        return true;
    }
}
