package io.mempair.ha.group.wire;

import io.mempair.proxy.config.ServerAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Where the configured peers are now. Asking is cheap and any thread's; {@link #lookUp} waits for the name server. */
final class PeerAddresses {

    private final Map<ServerAddress, Set<InetSocketAddress>> known = new ConcurrentHashMap<>();

    PeerAddresses(List<ServerAddress> peers) {
        peers.forEach(peer -> known.put(peer, Set.of()));
    }

    /** Asks for every peer that is given by name; one that cannot be found now is where it was last. */
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
