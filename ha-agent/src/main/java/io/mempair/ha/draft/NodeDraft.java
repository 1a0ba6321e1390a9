package io.mempair.ha.draft;

import java.util.ArrayList;
import java.util.List;
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
        List<String> remarks) {

    public NodeDraft {
        addresses = List.copyOf(addresses);
        listen = List.copyOf(listen);
        servers = List.copyOf(servers);
        backups = List.copyOf(backups);
        checks = List.copyOf(checks);
        remarks = List.copyOf(remarks);
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
                remarks);
    }

    /** The file. */
    public String yaml() {
        List<String> lines = new ArrayList<>();
        lines.add("# Node " + oneLine(name)
                + " of a pair. After a change: mempair check-config FILE, then mempair reload.");
        remarks.forEach(remark -> lines.add("# " + oneLine(remark)));
        lines.add("");
        node(lines);
        group(lines);
        address(lines);
        proxy(lines);
        if (!checks.isEmpty()) {
            lines.add("");
            lines.add("# A node is active only while each of these succeeds.");
            lines.add("checks:");
            checks.forEach(check -> lines.add("  - " + check));
        }
        return lines.stream().collect(Collectors.joining("\n", "", "\n"));
    }

    private void node(List<String> lines) {
        lines.add("node:");
        lines.add("  # another name on each host");
        lines.add("  name: " + quoted(name));
        lines.add("  # when nobody is active, the fit node with the higher one becomes active");
        lines.add("  priority: " + oneLine(priority));
        lines.add("");
    }

    private void group(List<String> lines) {
        lines.add("# The channel between the nodes: open TCP port 7800 between them, and to nobody else.");
        lines.add("group:");
        lines.add("  # this host's own address, never the virtual one");
        lines.add("  bind: " + quoted(bind));
        lines.add("  peers: " + list(List.of(peer)));
        if (witness != null) {
            lines.add("  # three voters, two must agree: never two active nodes");
            lines.add("  mode: witness");
            lines.add("  witness: " + quoted(witness));
        } else {
            lines.add("  # what this node must reach to be active while its peer is silent: by default the gateway, and"
                    + " the");
            lines.add("  # servers that live on neither host");
            lines.add("  # tie-breaker: [gateway]");
        }
        if (preempt) {
            lines.add("  # takes over from a node of lower priority, although that serves");
            lines.add("  preempt: true");
        }
        if (preemptDelay != null) {
            lines.add("  preempt-delay: " + oneLine(preemptDelay));
        }
        lines.add("");
    }

    private void address(List<String> lines) {
        lines.add("# What clients connect to: it is on the active node.");
        lines.add("virtual-address:");
        lines.add("  address: " + (addresses.size() == 1 ? quoted(addresses.get(0)) : list(addresses)));
        lines.add("  interface: " + quoted(interfaceName));
        lines.add("");
    }

    private void proxy(List<String> lines) {
        lines.add("# Alike on both nodes, the order of the servers too: it places the keys.");
        lines.add("proxy:");
        if (!listen.isEmpty()) {
            lines.add("  listen: " + list(listen));
        }
        lines.add("  servers: " + list(servers));
        if (!backups.isEmpty()) {
            lines.add("  # the second copy of every key");
            lines.add("  backups: " + list(backups));
        }
        lines.add("  # modulo: as magent and as many clients; ketama: fewer misses when the list changes");
        lines.add("  distribution: " + (ketama ? "magent-ketama" : "modulo"));
        if (maxClients != null) {
            lines.add("  max-clients: " + oneLine(maxClients));
        }
        if (unixSocket != null) {
            lines.add("  unix-socket: " + quoted(unixSocket));
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
