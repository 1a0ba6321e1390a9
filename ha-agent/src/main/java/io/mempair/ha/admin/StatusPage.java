package io.mempair.ha.admin;

import io.mempair.ha.admin.Table.TableRow;
import io.mempair.ha.admin.Table.Tone;
import io.mempair.ha.admin.page.PageFile;
import io.mempair.ha.agent.NodeFacts;
import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.check.Checks;
import io.mempair.ha.election.Departure;
import io.mempair.ha.history.HistoryRecord;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.server.ProxyHealth;
import io.mempair.proxy.transfer.RebalanceProgress;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The page at {@code /}: the frame that the scripts fill and, for who runs none, the pair at a glance in tables that are made
 * here.
 */
final class StatusPage {

    /** The frame; the tables take the place of this mark in it. */
    private static final String TABLES = "<!--tables-->";

    private static final String FRAME = PageFile.text("page.html");

    private StatusPage() {}

    /** Of the history the page has as many as fit a screen. */
    private static final int HISTORY_ROWS = 20;

    /** @param facts  of the same member */
    static String html(NodeStatus status, NodeFacts facts, List<HistoryRecord> history) {
        return FRAME.replace("<!--node-->", escape(status.name()))
                .replace("<!--who-->", who(status))
                .replace(TABLES, verdict(status) + tables(status, facts) + history(status, history));
    }

    private static String who(NodeStatus status) {
        return status.kind() == NodeStatus.MemberKind.PROXY ? "The proxy" : "The pair";
    }

    private static String verdict(NodeStatus status) {
        TableRow line = StatusTables.verdict(Verdict.of(status)).rows().get(0);
        return "<p class=\"" + className(line.tone()) + "\"><strong>"
                + escape(line.cells().get(0)) + "</strong></p>";
    }

    private static String history(NodeStatus status, List<HistoryRecord> history) {
        Table table = HistoryText.table(HistoryText.last(history, HISTORY_ROWS), status.kind(), ZoneId.systemDefault());
        return table.rows().stream()
                .map(row -> row.cells().stream()
                        .map(cell -> row.tone() == Tone.HEADING
                                ? "<th>" + escape(cell) + "</th>"
                                : "<td class=\"" + className(row.tone()) + "\">" + escape(cell) + "</td>")
                        .collect(Collectors.joining("", "<tr>", "</tr>\n")))
                .collect(Collectors.joining("", "<h2>History</h2><table>", "</table>"));
    }

    /** Of the style sheet; what is told by colour is told in words too. */
    private static String className(Tone tone) {
        return switch (tone) {
            case PLAIN, HEADING -> "";
            case GOOD -> "good";
            case WARNING -> "warn";
            case BAD -> "bad";
        };
    }

    private static String tables(NodeStatus status, NodeFacts facts) {
        boolean alone = status.kind() == NodeStatus.MemberKind.PROXY;
        var page = new StringBuilder("<h2>" + who(status) + "</h2><table><tr><th>" + (alone ? "proxy" : "node")
                + "</th><th>" + (alone ? "state" : "role") + "</th><th>seen</th></tr>");
        row(page, status.name() + (alone ? "" : " (this node)"), role(status), true, since(status));
        for (NodeStatus.PeerStatus peer : status.peers()) {
            String otherwise = peer.placesOtherwise() ? ", places keys differently from this node" : "";
            boolean good = (peer.alive() || peer.departure() == Departure.STOPPED) && !peer.placesOtherwise();
            row(page, peer.name(), StatusText.roleOf(peer), good, StatusText.seen(peer) + otherwise);
        }
        page.append("</table><p>");
        if (!alone) {
            page.append("Epoch ").append(status.epoch()).append(". ");
            if (!facts.addresses().isEmpty()) {
                page.append(escape(String.join(", ", facts.addresses())))
                        .append(" on ")
                        .append(escape(facts.interfaceName()))
                        .append(status.holdsAddress() ? ", held here. " : ", not held here. ");
            }
            page.append(status.serves() ? "This node serves clients: " : "This node does not serve: ");
        }
        page.append(escape(StatusText.because(status))).append("</p>");
        for (String warning : status.fitness().warnings()) {
            page.append("<p class=\"bad\">").append(escape(warning)).append("</p>");
        }
        checks(page, status.fitness().checks());
        page.append("<h2>Servers</h2><table><tr><th>server</th><th>state</th><th>tier</th></tr>");
        for (ProxyHealth.ServerStatus server : status.proxy().servers()) {
            ReplicaStatus replica = status.replicaStatusOf(server);
            row(
                    page,
                    server.address().toString(),
                    (server.up() ? "up" : "down") + (replica == null ? "" : ", " + StatusText.lower(replica)),
                    server.up() && replica != ReplicaStatus.OUT,
                    StatusText.lower(server.tier()) + (server.failure() == null ? "" : ": " + server.failure()));
        }
        page.append("</table><p>Port ")
                .append(status.proxy().open() ? "open" : "closed")
                .append(", ");
        page.append(status.proxy().clients()).append(" clients, ");
        page.append(escape(status.proxy().transport())).append(", ");
        page.append(StatusText.megabytes(status.proxy().memory().heldBytes())).append(' ');
        page.append(StatusText.memory(status.proxy().memory())).append(".</p>");
        RebalanceProgress rebalance = status.proxy().rebalance();
        if (rebalance != null) {
            page.append("<p>Rebalance ").append(escape(rebalance.summary())).append(": ");
            page.append(escape(rebalance.movement() + ": " + rebalance.reason()))
                    .append("</p>");
        }
        NodeStatus.Reload reload = status.reload();
        if (reload != null) {
            page.append("<p>Last reload ")
                    .append(StatusText.seconds(reload.agoMillis()))
                    .append(" ago: ");
            page.append(escape(StatusText.outcome(reload))).append("</p>");
        }
        return page.toString();
    }

    private static void checks(StringBuilder page, List<Checks.CheckStatus> checks) {
        if (checks.isEmpty()) {
            return;
        }
        page.append("<h2>Checks</h2><table><tr><th>check</th><th>last run</th><th></th></tr>");
        for (Checks.CheckStatus check : checks) {
            row(page, check.name(), check.outcome(), check.good(), "");
        }
        page.append("</table>");
    }

    private static String role(NodeStatus status) {
        return StatusText.roleOf(status);
    }

    private static String since(NodeStatus status) {
        return "for " + StatusText.seconds(status.sinceMillis());
    }

    private static void row(StringBuilder page, String name, String state, boolean good, String note) {
        page.append("<tr><td>").append(escape(name)).append("</td><td class=\"").append(good ? "good" : "bad");
        page.append("\">")
                .append(escape(state))
                .append("</td><td>")
                .append(escape(note))
                .append("</td></tr>\n");
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
