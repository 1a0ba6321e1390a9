package io.mempair.ha.group.wire;

import io.mempair.proxy.config.ServerAddress;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The current addresses of the configured peers. Reading is cheap; any thread. {@link #lookUp} blocks on the name
 * server.
 */
final class PeerAddresses {

    private final Map<ServerAddress, Set<InetSocketAddress>> known = new ConcurrentHashMap<>();

    PeerAddresses(List<ServerAddress> peers) {
        for (ServerAddress peer : peers) {
            boolean literal = NetUtil.isValidIpV4Address(peer.host()) || NetUtil.isValidIpV6Address(peer.host());
            known.put(peer, literal ? placesOf(peer, Set.of()) : Set.of()); // a name is resolved by lookUp
        }
    }

    /** Resolves every peer given by name; keeps the last address of a name that cannot be resolved now. */
    void lookUp() {
        known.replaceAll(PeerAddresses::placesOf);
    }

    private static Set<InetSocketAddress> placesOf(ServerAddress peer, Set<InetSocketAddress> last) {
        try {
            return Arrays.stream(InetAddress.getAllByName(peer.host()))
                    .map(address -> new InetSocketAddress(address, peer.port()))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (UnknownHostException e) {
            return last;
        }
    }

    /** The addresses of that peer; empty if its name is not yet resolved. */
    Set<InetSocketAddress> of(ServerAddress peer) {
        return known.getOrDefault(peer, Set.of());
    }

    boolean isPeer(InetAddress address) {
        return known.values().stream()
                .flatMap(Set::stream)
                .anyMatch(peer -> peer.getAddress().equals(address));
    }

    /** Whether a peer listens there. */
    boolean isPeer(InetAddress address, int port) {
        return known.values().stream().anyMatch(places -> places.contains(new InetSocketAddress(address, port)));
    }
}
