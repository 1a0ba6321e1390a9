package io.mempair.ha.config;

import io.mempair.proxy.config.LabelledServer;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerLabel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/**
 * The servers of a tier, in every form that a file may have: a list of texts, of mappings, or of both; or one mapping of names to
 * servers. The order is that of the file.
 */
final class ServerList {

    private static final String ADDRESS = "address";
    private static final String NAME = "name";
    private static final String WEIGHT = "weight";

    private static final String ADDRESS_EXPECTED = "the server, as in 10.0.0.21:11211";

    private final Section section;
    private final ConfigKey key;

    private ServerList(Section section, ConfigKey key) {
        this.section = section;
        this.key = key;
    }

    /** Those under {@code key}; what cannot be read is reported with its place and left out. */
    static List<LabelledServer> read(Section section, ConfigKey key) {
        return new ServerList(section, key).read();
    }

    private List<LabelledServer> read() {
        List<LabelledServer> servers = new ArrayList<>();
        if (section.node(key.key()) instanceof MappingNode names) {
            Set<String> seen = new HashSet<>();
            names.getValue().forEach(tuple -> add(servers, named(tuple, seen)));
        } else {
            section.elements(key).forEach(element -> add(servers, listed(element)));
        }
        return servers;
    }

    private void add(List<LabelledServer> servers, @Nullable LabelledServer server) {
        if (server == null) {
            section.fault(key);
        } else {
            servers.add(server);
        }
    }

    private @Nullable LabelledServer listed(Node element) {
        return element instanceof MappingNode
                ? mapping(section.inner(key, element, List.of(ADDRESS, NAME, WEIGHT)), null)
                : section.element(key, element, ServerList::server);
    }

    /** One of a mapping of names: the name, and behind it the server. */
    private @Nullable LabelledServer named(NodeTuple tuple, Set<String> seen) {
        Node keyNode = tuple.getKeyNode();
        String name = section.element(key, keyNode, Function.identity());
        if (name == null) {
            return null;
        }
        String problem = problemOf(name, seen);
        if (problem != null) {
            section.wrong(key, keyNode, problem);
            return null;
        }
        Node value = tuple.getValueNode();
        if (value instanceof MappingNode) {
            return mapping(section.inner(key, value, List.of(ADDRESS, WEIGHT)), name);
        }
        LabelledServer server = section.element(key, value, ServerList::server);
        if (server != null && !server.label().name().isEmpty()) {
            section.wrong(key, value, "a second name, '" + server.label().name() + "' (expected: only " + name + ')');
            return null;
        }
        return server == null
                ? null
                : new LabelledServer(
                        server.address(), new ServerLabel(name, server.label().weight()));
    }

    private static @Nullable String problemOf(String name, Set<String> seen) {
        if (name.equals(ADDRESS)) {
            return "a mapping of names to servers has the name 'address' (expected: NAME: HOST:PORT, or a list, so a dash"
                    + " before each mapping with the keys address, name and weight)";
        }
        if (!seen.add(name)) {
            return "the name " + name + " a second time (expected: each once)";
        }
        try {
            new ServerLabel(name, 1);
            return null;
        } catch (IllegalArgumentException e) {
            return "the " + String.valueOf(e.getMessage()).replaceFirst("^name: ", "name ");
        }
    }

    /** @param name  the name if it stands before the mapping, or null */
    private @Nullable LabelledServer mapping(Section entry, @Nullable String name) {
        LabelledServer server = entry.required(ADDRESS, ADDRESS_EXPECTED, ServerList::server);
        String own = name == null ? entry.optional(NAME, "", Function.identity()) : name;
        int weight = entry.optional(WEIGHT, 1, ProxyValues::number);
        if (server == null) {
            return null;
        }
        if (!server.label().equals(ServerLabel.NONE)) {
            entry.wrong(
                    ADDRESS,
                    "'" + server + "' (expected: host:port alone; weight and name have keys of their own here)");
            return null;
        }
        ServerLabel label = entry.build(() -> new ServerLabel(own, weight));
        return label == null ? null : new LabelledServer(server.address(), label);
    }

    private static LabelledServer server(String text) {
        ProxyValues.requireNoBareNumber(text);
        return LabelledServer.parse(text, ServerAddress.MEMCACHED_PORT);
    }
}
