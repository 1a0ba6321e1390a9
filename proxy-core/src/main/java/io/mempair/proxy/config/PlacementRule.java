package io.mempair.proxy.config;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that decides which server of a tier a key belongs to, except the servers themselves.
 *
 * @param distribution  how keys are spread
 * @param hash          the hash of keys where it is not the distribution's usual one
 * @param part          what of a key is hashed
 * @param labels        names and weights of the servers that have some, in whichever tier they are
 */
public record PlacementRule(
        Distribution distribution, Optional<HashFunction> hash, KeyPart part, Map<ServerAddress, ServerLabel> labels) {

    public PlacementRule {
        labels = Map.copyOf(labels);
        if (hash.isPresent() && distribution.usualHash().isEmpty()) {
            throw new IllegalArgumentException(
                    "hash: " + hash.get() + " (expected: none, " + distribution + " has its own)");
        }
        for (Map.Entry<ServerAddress, ServerLabel> label : labels.entrySet()) {
            if (label.getValue().weight() != 1 && !distribution.takesWeights()) {
                throw new IllegalArgumentException("servers: " + label.getKey() + " has weight "
                        + label.getValue().weight() + " (expected: none, " + distribution + " has no weights)");
            }
            if (!label.getValue().name().isEmpty() && !distribution.hashesNames()) {
                throw new IllegalArgumentException("servers: " + label.getKey() + " has the name '"
                        + label.getValue().name() + "' (expected: none, " + distribution
                        + " does not hash names; servers of a list have commas between them)");
            }
        }
    }

    /** Of a distribution alone. */
    public PlacementRule(Distribution distribution) {
        this(distribution, Optional.empty(), KeyPart.ALL, Map.of());
    }

    /** The same for servers without names and weights. */
    public PlacementRule withoutLabels() {
        return new PlacementRule(distribution, hash, part, Map.of());
    }

    /** The label of a server. */
    public ServerLabel labelOf(ServerAddress server) {
        return labels.getOrDefault(server, ServerLabel.NONE);
    }

    /** Whether all these servers weigh the same. */
    boolean weighsAlike(List<ServerAddress> servers) {
        return servers.stream()
                        .mapToInt(server -> labelOf(server).weight())
                        .distinct()
                        .count()
                <= 1;
    }

    /**
     * The text of a server that the distribution hashes: its name, or what the clients of that distribution make of the address.
     *
     * @throws IllegalArgumentException if they hash an address that only they have resolved
     */
    public String nameOf(ServerAddress server) {
        String given = labelOf(server).name();
        if (!given.isEmpty()) {
            return given;
        }
        return switch (distribution) {
            case MAGENT_KETAMA -> server.host() + '-' + server.port();
            case LIBKETAMA, LIBMEMCACHED, HASHRING ->
                server.port() == ServerAddress.MEMCACHED_PORT ? server.host() : server.host() + ':' + server.port();
            case XMEMCACHED -> {
                if (!server.isLiteral()) {
                    throw new IllegalArgumentException("servers: " + server + " has no name (expected: " + server
                            + " NAME/ADDRESS:PORT, which is what xmemcached hashes)");
                }
                yield '/' + server.host() + ':' + server.port();
            }
            default -> server.host() + ':' + server.port();
        };
    }

    /** Refuses a tier in which two servers have one name, and so the same points. */
    void requireDistinctNames(String tier, List<ServerAddress> servers) {
        if (!distribution.hashesNames()) {
            return;
        }
        var seen = new HashSet<String>();
        for (ServerAddress server : servers) {
            String name = nameOf(server);
            if (!seen.add(name)) {
                throw new IllegalArgumentException(
                        tier + ": the name " + name + " twice (expected: a name for each server)");
            }
        }
    }
}
