package io.mempair.proxy.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The servers of a pool, and how they place keys, as text: a line for each fact. Two pools with the same
 * text place every key alike.
 */
public final class LayoutText {

    private static final String SERVER = "server ";
    private static final String BACKUP = "backup ";
    private static final String DISTRIBUTION = "distribution ";
    private static final String HASH = "hash ";
    private static final String TAG = "tag ";
    private static final String SKIPPED = "skip-prefix ";

    private record Layout(List<ServerAddress> servers, List<ServerAddress> backups, PlacementRule rule) {}

    private LayoutText() {}

    /** The text for this pool. */
    public static String of(PoolConfig pool) {
        PlacementRule rule = pool.placement();
        StringBuilder text = new StringBuilder();
        line(text, DISTRIBUTION, rule.distribution().name());
        rule.hash().ifPresent(hash -> line(text, HASH, hash.name()));
        line(text, TAG, rule.part().tag());
        line(text, SKIPPED, rule.part().skipPrefix());
        pool.primaries().forEach(server -> line(text, SERVER, labelled(server, rule)));
        pool.backups().forEach(server -> line(text, BACKUP, labelled(server, rule)));
        return text.toString();
    }

    private static String labelled(ServerAddress server, PlacementRule rule) {
        return new LabelledServer(server, rule.labelOf(server)).toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(name).append(value).append('\n');
    }

    /** Whether {@link #read} understands it: if not, another version made it. */
    public static boolean isReadable(String text) {
        try {
            return !parse(text).servers().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * The pool {@code pool} with the servers and the placement of this text.
     *
     * @throws IllegalArgumentException if the text is none that {@link #of} makes
     */
    public static PoolConfig read(String text, PoolConfig pool) {
        Layout layout = parse(text);
        return pool.placedBy(layout.servers(), layout.backups(), layout.rule());
    }

    private static Layout parse(String text) {
        List<ServerAddress> servers = new ArrayList<>();
        List<ServerAddress> backups = new ArrayList<>();
        Map<ServerAddress, ServerLabel> labels = new HashMap<>();
        Distribution distribution = null;
        Optional<HashFunction> hash = Optional.empty();
        String tag = "";
        String skipped = "";
        for (String line : text.lines().toList()) {
            if (line.startsWith(SERVER)) {
                servers.add(server(line.substring(SERVER.length()), labels));
            } else if (line.startsWith(BACKUP)) {
                backups.add(server(line.substring(BACKUP.length()), labels));
            } else if (line.startsWith(DISTRIBUTION)) {
                distribution = Distribution.valueOf(line.substring(DISTRIBUTION.length()));
            } else if (line.startsWith(HASH)) {
                hash = Optional.of(HashFunction.valueOf(line.substring(HASH.length())));
            } else if (line.startsWith(TAG)) {
                tag = line.substring(TAG.length());
            } else if (line.startsWith(SKIPPED)) {
                skipped = line.substring(SKIPPED.length());
            } else {
                throw new IllegalArgumentException("layout: '" + line + "' (expected: servers and their placement)");
            }
        }
        if (distribution == null) {
            throw new IllegalArgumentException("layout: no distribution");
        }
        return new Layout(servers, backups, new PlacementRule(distribution, hash, new KeyPart(tag, skipped), labels));
    }

    private static ServerAddress server(String text, Map<ServerAddress, ServerLabel> labels) {
        LabelledServer server = LabelledServer.parse(text, ServerAddress.MEMCACHED_PORT);
        if (!server.label().equals(ServerLabel.NONE)) {
            labels.put(server.address(), server.label());
        }
        return server.address();
    }
}
