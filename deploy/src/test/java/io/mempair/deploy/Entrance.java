package io.mempair.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * One of several addresses by which clients come in: a pair of processes on hosts a and b, one of which prefers to have it and takes it
 * back. The files are those of "Two entrances and a third tier" in {@code docs/operating/migrating-from-magent.md}, but with a timeout that no busy
 * machine makes a server miss: what one entrance saw missed, the other does not know.
 */
final class Entrance {

    static final int PORT = 12_000;

    /** Four nodes on one machine may want all of its processors for a while. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final String FILE = """
            node: {name: %s, priority: %d, warmup: false}
            group: {bind: %s, port: %d, peers: ["%s:%d"], preempt: true, preempt-delay: 1s}
            virtual-address: {address: %s/24, interface: eth0}
            proxy:
              listen: %s:12000
              servers: [%s]
              backups: [%s]
              max-clients: 102400
              timeout: 5s
            admin: {http: %s:%d, control: %s}
            """;

    private final Lab lab;
    private final String name;
    private final String preferred;
    private final int groupPort;
    private final int httpPort;

    /** Where clients connect. */
    final String address;

    /**
     * An entrance that nobody serves yet.
     *
     * @param name       of the entrance; its nodes are {@code NAME-a}, on the preferred host, and {@code NAME-b}
     * @param number     1 for the first; addresses and ports follow from it
     * @param preferred  the host whose node has the higher priority
     */
    Entrance(Lab lab, String name, int number, String preferred) {
        this.lab = lab;
        this.name = name;
        this.preferred = preferred;
        this.address = "10.77.0." + (100 + number);
        this.groupPort = 7_790 + 10 * number;
        this.httpPort = 9_410 + number;
    }

    /** Starts this entrance's node on a host. */
    Process start(String host, String servers, String backups) {
        boolean prefers = host.equals(preferred);
        String node = name + (prefers ? "-a" : "-b");
        String own = Lab.ADDRESS.get(host);
        String peer = Lab.ADDRESS.get(host.equals("a") ? "b" : "a");
        Path socket = lab.shortLived().resolve(node + ".sock");
        String text = FILE.formatted(
                node,
                prefers ? 110 : 90,
                own,
                groupPort,
                peer,
                groupPort,
                address,
                address,
                servers,
                backups,
                own,
                httpPort,
                socket);
        try {
            Files.writeString(lab.config(node), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lab.startMember(host, node, "node", lab.config(node));
    }

    /** Waits until one host serves it and nobody else has its address. */
    void awaitServedBy(String host) {
        String other = host.equals("a") ? "b" : "a";
        lab.until(
                name + " is served by " + host + " alone",
                LIMIT,
                () -> lab.isActive(host, httpPort)
                        && lab.holdsAddress(host, address)
                        && !lab.holdsAddress(other, address));
    }

    /** Waits until the node on a host is ready to take it over. */
    void awaitStandby(String host) {
        lab.until(
                name + " is standby on " + host, () -> lab.role(host, httpPort).equals("standby"));
    }

    LabClient client() {
        return lab.connect("c", address, PORT);
    }

    @Override
    public String toString() {
        return "entrance " + name;
    }
}
