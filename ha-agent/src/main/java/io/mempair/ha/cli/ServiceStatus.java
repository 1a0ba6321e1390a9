package io.mempair.ha.cli;

import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.election.Role;
import io.mempair.proxy.server.ProxyHealth.ServerStatus;
import java.util.List;
import java.util.Locale;

/**
 * The line that {@code systemctl status} shows. Nothing in it changes by time alone, because each change is a datagram to
 * systemd. Any thread.
 */
final class ServiceStatus {

    private ServiceStatus() {}

    /** Of a node of a pair. */
    static String ofNode(NodeStatus status) {
        String role = status.fitness().maintenance()
                ? "in maintenance"
                : status.role().name().toLowerCase(Locale.ROOT);
        String serves = status.serves() ? ", serves" : activeElsewhere(status);
        return line(role + serves + ", epoch " + status.epoch() + servers(status) + ": "
                + (status.role() == Role.ACTIVE ? "took over because " : "") + status.reason());
    }

    /** Of a proxy without a pair. */
    static String ofProxy(NodeStatus status) {
        return line(status.reason() + servers(status));
    }

    /** Of a witness. */
    static String ofWitness(NodeStatus status) {
        long heard =
                status.peers().stream().filter(NodeStatus.PeerStatus::alive).count();
        return line("votes, epoch " + status.epoch() + activeElsewhere(status) + ", hears " + heard + " of the nodes");
    }

    private static String activeElsewhere(NodeStatus status) {
        String active = status.activeNode();
        return active == null || active.equals(status.name()) ? "" : ", active node " + active;
    }

    private static String servers(NodeStatus status) {
        List<ServerStatus> servers = status.proxy().servers();
        long up = servers.stream().filter(ServerStatus::up).count();
        return ", " + up + " of " + servers.size() + " servers up";
    }

    /** A line end would begin another word to systemd. */
    private static String line(String text) {
        return text.replaceAll("\\s+", " ");
    }
}
