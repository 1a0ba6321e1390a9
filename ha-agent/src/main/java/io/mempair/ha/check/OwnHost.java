package io.mempair.ha.check;

import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.proxy.config.ServerAddress;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whose file a file is, by the addresses of a host. Pure but for the name service. */
final class OwnHost {

    private final Predicate<InetAddress> own;

    /** @param own  whether the host has an address */
    OwnHost(Predicate<InetAddress> own) {
        this.own = own;
    }

    /** This host, as its interfaces are now. */
    static OwnHost now() {
        return new OwnHost(OwnHost::isHere);
    }

    private static boolean isHere(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }

    /** Whether it has that address; also false for a name that cannot be resolved. */
    boolean has(String host) {
        try {
            return own.test(InetAddress.getByName(host));
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Others of the group that are this host, which has {@code group.bind}: nobody is its own peer. */
    List<String> othersHere(GroupConfig group) {
        if (isLoopback(group.bind())) {
            return List.of(); // several members on one host, to try them
        }
        List<String> problems = new ArrayList<>();
        for (ServerAddress peer : group.peers()) {
            if (has(peer.host())) {
                problems.add("group.peers: " + peer
                        + " is an address of this host (expected: the other node's own address)");
            }
        }
        ServerAddress witness = group.witness();
        if (witness != null && has(witness.host())) {
            problems.add("group.witness: " + witness + " is an address of this host (expected: that of a third host)");
        }
        return problems;
    }

    private static boolean isLoopback(String host) {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(host);
        return address != null && address.isLoopbackAddress();
    }

    /**
     * What is likely wrong where {@code group.bind} is none of its addresses, although the host looks like that of a node: its
     * interface is in the network of a floating address. Null where it does not look so, or is that of another member.
     *
     * @param ofInterface  addresses of the interface of the floating ones, as in {@code 10.0.0.11/24}
     */
    @Nullable
    String wrongBind(GroupConfig group, VirtualAddressConfig floating, List<String> ofInterface) {
        if (ofInterface.isEmpty() || isOther(group)) {
            return null;
        }
        return "group.bind: " + group.bind() + " is not an address of this host, which has "
                + String.join(", ", ofInterface)
                + " on " + floating.interfaceName()
                + " in the network of the virtual address (expected: this host's own address; --file-only checks the"
                + " file of another host)";
    }

    /** Whether it is that of another member: then this is another one's file. */
    boolean isOther(GroupConfig group) {
        ServerAddress witness = group.witness();
        return Stream.concat(group.peers().stream(), Stream.ofNullable(witness)).anyMatch(member -> has(member.host()));
    }

    /** Addresses of the interface in whose network a floating address is, without the floating ones. */
    static List<String> ofInterface(VirtualAddressConfig floating) {
        try {
            NetworkInterface nic = NetworkInterface.getByName(floating.interfaceName());
            return nic == null
                    ? List.of()
                    : nic.getInterfaceAddresses().stream()
                            .filter(found -> !floating.contains(NetUtil.toAddressString(found.getAddress())))
                            .filter(found -> holdsOne(found, floating))
                            .map(found ->
                                    NetUtil.toAddressString(found.getAddress()) + '/' + found.getNetworkPrefixLength())
                            .collect(Collectors.toList());
        } catch (SocketException e) {
            return List.of();
        }
    }

    private static boolean holdsOne(InterfaceAddress found, VirtualAddressConfig floating) {
        var network = new OwnNetworks.Own(found.getAddress(), found.getNetworkPrefixLength());
        return network.showsNetwork() && floating.inetAddresses().stream().anyMatch(network::holds);
    }
}
