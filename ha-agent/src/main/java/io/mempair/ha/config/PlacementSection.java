package io.mempair.ha.config;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.HashFunction;
import io.mempair.proxy.config.KeyPart;
import io.mempair.proxy.config.LabelledServer;
import io.mempair.proxy.config.PlacementRule;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerLabel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What decides where a key is: the servers of both tiers and the keys of {@code proxy} beside them.
 *
 * @param servers  the first tier
 * @param backups  the second, empty for none
 * @param rule     how keys are placed in both; null when that cannot be right
 */
record PlacementSection(
        List<ServerAddress> servers,
        List<ServerAddress> backups,
        @Nullable PlacementRule rule) {

    /** The former name of magent's ketama, which everybody took for the ketama of others. */
    private static final String FORMER_KETAMA = "ketama";

    static PlacementSection read(Section section) {
        List<LabelledServer> servers = ServerList.read(section, ConfigKey.SERVERS);
        List<LabelledServer> backups = ServerList.read(section, ConfigKey.BACKUPS);
        Distribution distribution =
                section.optional(ConfigKey.DISTRIBUTION, Distribution.MODULO, PlacementSection::distribution);
        Optional<HashFunction> hash =
                section.optional(ConfigKey.HASH, Optional.empty(), text -> Optional.of(hash(text)));
        String tag = section.optional(ConfigKey.HASH_TAG, "", text -> new KeyPart(text, "").tag());
        String prefix = section.optional(ConfigKey.HASH_SKIP_PREFIX, "", text -> new KeyPart("", text).skipPrefix());
        PlacementRule rule = section.build(
                () -> new PlacementRule(distribution, hash, new KeyPart(tag, prefix), labels(servers, backups)));
        return new PlacementSection(addresses(servers), addresses(backups), rule);
    }

    /** How many servers there are in both tiers together; 0 if there is no second one. */
    int serversOfTwoTiers() {
        return backups.isEmpty() ? 0 : servers.size() + backups.size();
    }

    private static List<ServerAddress> addresses(List<LabelledServer> servers) {
        return servers.stream().map(LabelledServer::address).toList();
    }

    private static Map<ServerAddress, ServerLabel> labels(List<LabelledServer> servers, List<LabelledServer> backups) {
        var labels = new HashMap<ServerAddress, ServerLabel>();
        Stream.concat(servers.stream(), backups.stream()).forEach(server -> {
            ServerLabel earlier = labels.putIfAbsent(server.address(), server.label());
            if (earlier != null && !earlier.equals(server.label())) {
                throw new IllegalArgumentException("servers: " + server.address()
                        + " with two names or weights (expected: the same wherever it is listed)");
            }
        });
        labels.values().removeIf(ServerLabel.NONE::equals);
        return labels;
    }

    private static Distribution distribution(String text) {
        return text.equals(FORMER_KETAMA) ? Distribution.MAGENT_KETAMA : constant(Distribution.values(), text);
    }

    private static HashFunction hash(String text) {
        return constant(HashFunction.values(), text);
    }

    private static <E extends Enum<E>> E constant(E[] all, String text) {
        return Arrays.stream(all)
                .filter(one -> one.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' (expected: one of "
                        + Arrays.stream(all).map(Enum::toString).collect(Collectors.joining(", ")) + ')'));
    }
}
