package io.mempair.ha.check;

import io.mempair.ha.config.GroupConfig;
import io.mempair.proxy.config.LiteralAddress;
import io.mempair.proxy.config.ServerAddress;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Servers of a pair that the two nodes' files name alike and that are two: a loopback address, or {@code localhost}, is another memcached on
 * each host. Pure.
 */
public final class LoopbackServers {

    private LoopbackServers() {}

    /**
     * One warning with all of them, or none. Members that are all on one host, by a loopback address as {@code group.bind}, share theirs.
     *
     * @param servers  of both tiers
     */
    public static List<String> warnings(GroupConfig group, List<ServerAddress> servers) {
        String loopback = servers.stream()
                .filter(server -> LiteralAddress.isLoopback(server.host()))
                .map(ServerAddress::toString)
                .collect(Collectors.joining(", "));
        return loopback.isEmpty() || LiteralAddress.isLoopback(group.bind())
                ? List.of()
                : List.of("proxy.servers, proxy.backups: " + loopback + " is another memcached on each host, so after a"
                        + " take-over values are missing or old (expected: addresses at which both nodes reach the same"
                        + " one, as this host's own, " + group.bind() + ')');
    }
}
