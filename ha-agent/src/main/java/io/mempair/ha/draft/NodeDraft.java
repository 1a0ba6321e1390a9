package io.mempair.ha.draft;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a file of a node is to say. Texts are as the operator wrote them: what is wrong with them is said when the file is read.
 *
 * @param name          of the node
 * @param priority      of the node
 * @param bind          this host's own address
 * @param peer          the other host's own address
 * @param witness       where the witness is, or null for a pair without
 * @param preempt       whether it takes over from a node of lower priority that serves
 * @param preemptDelay  how long it is fit before it does; null for the default
 * @param addresses     the virtual addresses, with their prefix lengths
 * @param interfaceName the interface that carries them on this host
 * @param listen        where clients connect; empty for port 11211 of every virtual address
 * @param servers       the primaries, in their order
 * @param backups       the backups, in their order; empty for one copy
 * @param ketama        whether keys are placed by ketama
 * @param maxClients    connections of clients at once; null for the default
 * @param unixSocket    a unix socket for clients, or null
 * @param checks        checks of fitness, as YAML, one a line
 * @param remarks       what the operator is told about the file, a line each
 * @param origins       where the value of a key comes from, by the key as in {@code node.priority}, as the operator knows it: a flag,
 *     or a line of a file. Those of the checks are {@code checks 1}, {@code checks 2} and so on
 */
public record NodeDraft(
        String name,
        String priority,
        String bind,
        String peer,
        @Nullable String witness,
        boolean preempt,
        @Nullable String preemptDelay,
        List<String> addresses,
        String interfaceName,
        List<String> listen,
        List<String> servers,
        List<String> backups,
        boolean ketama,
        @Nullable String maxClients,
        @Nullable String unixSocket,
        List<String> checks,
        List<String> remarks,
        Map<String, String> origins) {

    /**
     * A line of the file.
     *
     * @param text  as it is written
     * @param key   whose value it has, or null
     */
    private record DraftLine(String text, @Nullable String key) {}

    public NodeDraft {
        addresses = List.copyOf(addresses);
        listen = List.copyOf(listen);
        servers = List.copyOf(servers);
        backups = List.copyOf(backups);
        checks = List.copyOf(checks);
        remarks = List.copyOf(remarks);
        origins = Map.copyOf(origins);
    }

    /** The same for the other host. */
    public NodeDraft other(String otherName, String otherPriority, String otherInterface) {
        return new NodeDraft(
                otherName,
                otherPriority,
                /* bind= */ peer,
                /* peer= */ bind,
                witness,
                preempt,
                preemptDelay,
                addresses,
                otherInterface,
                listen,
                servers,
                backups,
                ketama,
                maxClients,
                unixSocket,
                checks,
                remarks,
                origins);
    }

    /** The file. */
    public String yaml() {
        return lines().stream().map(DraftLine::text).collect(Collectors.joining("\n", "", "\n"));
    }

    /** Where the value in this line of the file, from 1, comes from; null if it comes from nowhere in particular. */
    public @Nullable String originOf(int line) {
        List<DraftLine> lines = lines();
        String key =
                line < 1 || line > lines.size() ? null : lines.get(line - 1).key();
        return key == null ? null : origins.get(key);
    }

    private List<DraftLine> lines() {
        List<DraftLine> lines = new ArrayList<>();
        say(
                lines,
                "# Node " + oneLine(name)
                        + " of a pair. After a change: mempair check-config FILE, then mempair reload.");
        remarks.forEach(remark -> say(lines, "# " + oneLine(remark)));
        say(lines, "");
        node(lines);
        group(lines);
        address(lines);
        proxy(lines);
        if (!checks.isEmpty()) {
            say(lines, "");
            say(lines, "# A node is active only while each of these succeeds.");
            say(lines, "checks:");
            for (int i = 0; i < checks.size(); i++) {
                lines.add(new DraftLine("  - " + checks.get(i), "checks " + (i + 1)));
            }
        }
        return lines;
    }

    private static void say(List<DraftLine> lines, String text) {
        lines.add(new DraftLine(text, null));
    }

    /** A value, under the section whose name the key begins with. */
    private static void value(List<DraftLine> lines, String key, String value) {
        lines.add(new DraftLine("  " + key.substring(key.indexOf('.') + 1) + ": " + value, key));
    }

    private void node(List<DraftLine> lines) {
        say(lines, "node:");
        say(lines, "  # another name on each host");
        value(lines, "node.name", quoted(name));
        say(lines, "  # when nobody is active, the fit node with the higher one becomes active");
        value(lines, "node.priority", oneLine(priority));
        say(lines, "");
    }

    private void group(List<DraftLine> lines) {
        say(lines, "# The channel between the nodes: open TCP port 7800 between them, and to nobody else.");
        say(lines, "group:");
        say(lines, "  # this host's own address, never the virtual one");
        value(lines, "group.bind", quoted(bind));
        value(lines, "group.peers", list(List.of(peer)));
        if (witness != null) {
            say(lines, "  # three voters, two must agree: never two active nodes");
            say(lines, "  mode: witness");
            value(lines, "group.witness", quoted(witness));
        } else {
            say(
                    lines,
                    "  # what this node must reach to be active while its peer is silent: by default the gateway, and"
                            + " the");
            say(lines, "  # servers that live on neither host");
            say(lines, "  # tie-breaker: [gateway]");
        }
        if (preempt) {
            say(lines, "  # takes over from a node of lower priority, although that serves");
            say(lines, "  preempt: true");
        }
        if (preemptDelay != null) {
            value(lines, "group.preempt-delay", oneLine(preemptDelay));
        }
        say(lines, "");
    }

    private void address(List<DraftLine> lines) {
        say(lines, "# What clients connect to: it is on the active node.");
        say(lines, "virtual-address:");
        value(lines, "virtual-address.address", addresses.size() == 1 ? quoted(addresses.get(0)) : list(addresses));
        value(lines, "virtual-address.interface", quoted(interfaceName));
        say(lines, "");
    }

    private void proxy(List<DraftLine> lines) {
        say(lines, "# Alike on both nodes, the order of the servers too: it places the keys.");
        say(lines, "proxy:");
        if (!listen.isEmpty()) {
            value(lines, "proxy.listen", list(listen));
        }
        value(lines, "proxy.servers", list(servers));
        if (!backups.isEmpty()) {
            say(lines, "  # the second copy of every key");
            value(lines, "proxy.backups", list(backups));
        }
        say(lines, "  # modulo: as magent and as many clients; ketama: fewer misses when the list changes");
        value(lines, "proxy.distribution", ketama ? "magent-ketama" : "modulo");
        if (maxClients != null) {
            value(lines, "proxy.max-clients", oneLine(maxClients));
        }
        if (unixSocket != null) {
            value(lines, "proxy.unix-socket", quoted(unixSocket));
        }
    }

    /** The file of the witness of these nodes. */
    public String witnessYaml(String witnessName, String itsAddress) {
        return String.join(
                "\n",
                "# The witness of the pair: it votes, and never serves. On a third host.",
                "node:",
                "  name: " + quoted(witnessName),
                "group:",
                "  bind: " + quoted(itsAddress),
                "  peers: " + list(List.of(bind, peer)),
                "");
    }

    private static String list(List<String> texts) {
        return texts.stream().map(NodeDraft::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    /** As a YAML scalar. */
    static String quoted(String text) {
        return '\'' + oneLine(text).replace("'", "''") + '\'';
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }
}
