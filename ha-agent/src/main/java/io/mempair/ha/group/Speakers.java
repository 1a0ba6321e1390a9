package io.mempair.ha.group;

import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.proxy.config.ServerAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jgroups.Address;
import org.jgroups.protocols.TP;
import org.jgroups.stack.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * Maps JGroups addresses to node names and configured peers, learnt from heartbeats, because a JGroups address is a new
 * random number at every start. Any thread.
 */
final class Speakers {

    /** The last sender from a JGroups address. */
    record Speaker(String name, long incarnation, long heardNanos) {}

    private final List<ServerAddress> peers;
    private final Map<Address, Speaker> speakers = new ConcurrentHashMap<>();
    private final Map<String, ServerAddress> whereabouts = new ConcurrentHashMap<>();

    /**
     * @param peers  as configured
     */
    Speakers(List<ServerAddress> peers) {
        this.peers = peers;
    }

    /**
     * Records a sender.
     *
     * @param transport  resolves {@code source}; null while there is none
     */
    void heard(Address source, Heartbeat heartbeat, long nowNanos, @Nullable TP transport) {
        Speaker last = speakers.put(source, new Speaker(heartbeat.from(), heartbeat.incarnation(), nowNanos));
        boolean changed = last == null || !last.name().equals(heartbeat.from());
        if (changed) {
            speakers.keySet().removeIf(old -> !old.equals(source) && nameOf(old).equals(heartbeat.from()));
        }
        if (changed || !whereabouts.containsKey(heartbeat.from())) {
            ServerAddress where = whereIs(source, transport);
            if (where != null) {
                whereabouts.put(heartbeat.from(), where);
            }
        }
    }

    /** The last sender from {@code source}, or null. */
    @Nullable
    Speaker at(Address source) {
        return speakers.get(source);
    }

    /** Every sender ever heard. */
    List<Speaker> all() {
        return List.copyOf(speakers.values());
    }

    /** The configured peer with that name, or null if it was never heard. */
    @Nullable
    ServerAddress whereIs(String name) {
        return whereabouts.get(name);
    }

    /** The name of the peer there, or null if it was never heard. */
    @Nullable
    String nameAt(ServerAddress peer) {
        return whereabouts.entrySet().stream()
                .filter(entry -> entry.getValue().equals(peer))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    private String nameOf(Address address) {
        Speaker speaker = speakers.get(address);
        return speaker == null ? "" : speaker.name();
    }

    /** The configured peer behind a JGroups address; trivial with a single peer. */
    private @Nullable ServerAddress whereIs(Address source, @Nullable TP transport) {
        if (peers.size() == 1) {
            return peers.get(0);
        }
        if (transport != null && transport.getPhysicalAddressFromCache(source) instanceof IpAddress physical) {
            return peers.stream()
                    .filter(peer -> physical.getPort() == peer.port() && isAt(peer, physical.getIpAddress()))
                    .findFirst()
                    .orElse(null);
        }
        return null;
    }

    private static boolean isAt(ServerAddress peer, InetAddress address) {
        try {
            return List.of(InetAddress.getAllByName(peer.host())).contains(address);
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
