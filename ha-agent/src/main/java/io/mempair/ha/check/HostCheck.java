package io.mempair.ha.check;

import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.config.HooksConfig;
import io.mempair.ha.config.NodeFile;
import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.server.HandoverTrial;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** This host against the file of a node: each part of the file that could be read is looked at. Blocks for some seconds at most. */
public final class HostCheck {

    private static final String UNIT = "mempair.service";

    private final NodeFile file;
    private final boolean running;
    private final Clock clock;
    private final Preflight host;

    /**
     * What was found.
     *
     * @param looked    whether this is the node's own host, so that it was looked at
     * @param problems  what keeps the node from being active, each with the key and the remedy
     * @param warnings  what would cost an outage later
     */
    public record HostFindings(boolean looked, List<String> problems, List<String> warnings) {

        public HostFindings {
            problems = List.copyOf(problems);
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * @param running  whether the node runs on this host, which has its ports, and perhaps the address, itself then
     * @param programs the search path
     */
    public HostCheck(NodeFile file, boolean running, String programs, Clock clock) {
        this.file = file;
        this.running = running;
        this.clock = clock;
        this.host = new Preflight(programs);
    }

    /** Looks at this host if it is the node's own. */
    public HostFindings look() {
        GroupConfig group = file.group();
        if (group == null) {
            return notLookedAt(
                    List.of(), "group.bind: it cannot be told whose file this is, so this host was not looked at");
        }
        OwnHost own = OwnHost.now();
        VirtualAddressConfig floating = file.address();
        if (!own.has(group.bind())) {
            String wrong = floating == null ? null : own.wrongBind(group, floating, OwnHost.ofInterface(floating));
            return wrong == null
                    ? notLookedAt(
                            List.of(),
                            "group.bind: " + group.bind() + " is not an address of this host, so only the file was"
                                    + " checked: run this on the host of "
                                    + (file.name() == null ? "this node" : "node " + file.name())
                                    + " too, once it has that address")
                    : new HostFindings(false, List.of(wrong), List.of());
        }
        HooksConfig hooks = file.hooks();
        List<String> problems = new ArrayList<>(own.othersHere(group));
        List<String> warnings = new ArrayList<>();
        if (floating != null && hooks != null) {
            problems.addAll(host.networkProblems(floating, hooks));
            warnings.addAll(host.warnings(floating, hooks, servers()));
        }
        if (hooks != null) {
            warnings.addAll(new NodeRights(host).warnings(UNIT, hooks));
        }
        addProxy(warnings);
        addHandover(group, warnings);
        if (!running) {
            addPorts(group, problems.isEmpty() ? floating : null, warnings);
        }
        warnings.addAll(new Reachability(clock).warnings(group, pool()));
        return new HostFindings(true, problems, warnings);
    }

    private static HostFindings notLookedAt(List<String> problems, String warning) {
        return new HostFindings(false, problems, List.of(warning));
    }

    private void addProxy(List<String> warnings) {
        ProxyConfig proxy = file.proxy();
        if (proxy != null) {
            warnings.addAll(new OpenFileLimit().warning(proxy, UNIT).stream().toList());
            proxy.listeners().addresses().stream()
                    .map(ServerAddress::port)
                    .distinct()
                    .forEach(port -> warnings.addAll(Firewall.warnings(port)));
        }
    }

    /** Tried by this process: without its rights nothing is found, and the rights are looked at above. */
    private void addHandover(GroupConfig group, List<String> warnings) {
        ProxyConfig proxy = file.proxy();
        HooksConfig hooks = file.hooks();
        VirtualAddressConfig floating = file.address();
        if (!group.handover() || proxy == null || hooks == null || floating == null) {
            return;
        }
        if (!host.mayChangeAddresses()) {
            warnings.add(HandoverNeeds.KEY + "not tried whether this host lets connections be handed over, which takes"
                    + " CAP_NET_ADMIN: run this as root");
            return;
        }
        HandoverNeeds needs = new HandoverNeeds(floating, hooks, proxy, () -> HandoverTrial.refusal(proxy));
        String refusal = needs.refusal();
        if (refusal != null) {
            warnings.add(HandoverNeeds.KEY + "a planned change will close the clients' connections: " + refusal);
            return;
        }
        String noHold = needs.holdProblem();
        if (noHold != null) {
            warnings.add(
                    HandoverNeeds.KEY + "a planned change will keep the clients' connections, but each will have an"
                            + " answer that is late by 0.2 to 0.3 s: " + noHold);
        }
    }

    /** Nobody but the node itself may have its ports and the address. */
    private void addPorts(GroupConfig group, @Nullable VirtualAddressConfig floating, List<String> warnings) {
        warnings.addAll(PortsFree.warnings(file));
        HooksConfig hooks = file.hooks();
        if (floating == null || hooks == null || hooks.address() == HooksConfig.Holder.HOOKS) {
            return;
        }
        ProxyConfig proxy = file.proxy();
        int port = proxy == null
                ? ServerAddress.MEMCACHED_PORT
                : proxy.listeners().addresses().stream()
                        .findFirst()
                        .map(ServerAddress::port)
                        .orElse(ServerAddress.MEMCACHED_PORT);
        warnings.addAll(new AddressHolder(clock).warnings(floating, port, group.peers()));
    }

    private @Nullable PoolConfig pool() {
        ProxyConfig proxy = file.proxy();
        return proxy == null ? null : proxy.pool();
    }

    private List<ServerAddress> servers() {
        PoolConfig pool = pool();
        return pool == null
                ? List.of()
                : Stream.concat(pool.primaries().stream(), pool.backups().stream())
                        .toList();
    }
}
