package io.mempair.ha.check;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.config.VirtualAddressConfig.Cidr;
import io.mempair.proxy.config.ServerAddress;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Checks how floating addresses fit the networks of this host's own addresses. Pure.
 *
 * @param ofInterface  this host's own addresses on the interface of the floating ones
 * @param elsewhere    those on its other interfaces
 */
record OwnNetworks(List<Own> ofInterface, List<Own> elsewhere) {

    /** An address of this host and its prefix length. */
    record Own(InetAddress address, int prefixLength) {

        /**
         * Whether the prefix identifies a network: DHCPv6 and some clouds assign addresses with a full-length prefix.
         */
        boolean showsNetwork() {
            return prefixLength < address.getAddress().length * 8;
        }

        boolean holds(InetAddress other) {
            byte[] own = address.getAddress();
            byte[] bytes = other.getAddress();
            if (own.length != bytes.length) {
                return false;
            }
            for (int bit = 0; bit < prefixLength; bit++) {
                if (((own[bit / 8] ^ bytes[bit / 8]) >> (7 - bit % 8) & 1) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    OwnNetworks {
        ofInterface = List.copyOf(ofInterface);
        elsewhere = List.copyOf(elsewhere);
    }

    /** The own addresses of this host now, without the floating ones. */
    static OwnNetworks of(VirtualAddressConfig config) throws java.net.SocketException {
        List<Own> ofInterface = new ArrayList<>();
        List<Own> elsewhere = new ArrayList<>();
        for (NetworkInterface nic : NetworkInterface.networkInterfaces().toList()) {
            boolean theOne = nic.getName().equals(config.interfaceName());
            nic.getInterfaceAddresses().stream()
                    .filter(found -> !found.getAddress().isLinkLocalAddress()
                            && !found.getAddress().isLoopbackAddress()
                            && !config.contains(NetUtil.toAddressString(found.getAddress())))
                    .map(found -> new Own(found.getAddress(), found.getNetworkPrefixLength()))
                    .forEach(theOne ? ofInterface::add : elsewhere::add);
        }
        return new OwnNetworks(ofInterface, elsewhere);
    }

    /**
     * Floating addresses that nobody could reach. An address with a full-length prefix is routed here and always fits;
     * an interface without an address of that family, or without one that shows its network, gives no evidence.
     */
    List<String> problems(VirtualAddressConfig config) {
        List<String> problems = new ArrayList<>();
        for (Cidr cidr : config.addresses()) {
            InetAddress address = NetUtil.createInetAddressFromIpAddressString(cidr.address());
            int bits = address.getAddress().length * 8;
            List<Own> sameKind = ofInterface.stream()
                    .filter(own -> own.showsNetwork() && own.address().getAddress().length * 8 == bits)
                    .toList();
            Own around = sameKind.stream()
                    .filter(own -> own.holds(address))
                    .findFirst()
                    .orElse(null);
            boolean somewhere = cidr.prefixLength() < bits && !sameKind.isEmpty();
            if (around == null && somewhere && !hostAddressIn(new Own(address, cidr.prefixLength()), ofInterface)) {
                problems.add("virtual-address.address: " + cidr + " is in no network of " + config.interfaceName()
                        + " ("
                        + text(sameKind) + "), so nobody there would find it: choose one of them, or give "
                        + config.interfaceName() + " an address of that network; if a router sends it here, write /"
                        + bits);
            } else if (around != null) {
                addHostless(cidr, around, problems);
            }
        }
        return problems;
    }

    private static void addHostless(Cidr cidr, Own around, List<String> problems) {
        String hostless = new Cidr(cidr.address(), around.prefixLength()).hostless();
        if (hostless != null) {
            problems.add("virtual-address.address: " + cidr + " is " + hostless + " of " + text(List.of(around))
                    + ": choose a free address of that network");
        }
    }

    private static String text(List<Own> own) {
        return String.join(
                ", ",
                own.stream()
                        .map(one -> NetUtil.toAddressString(one.address()) + '/' + one.prefixLength())
                        .toList());
    }

    /** Servers that this host reaches only from a floating address, because it has no own address in that network. */
    List<String> warnings(VirtualAddressConfig config, List<ServerAddress> servers) {
        List<String> warnings = new ArrayList<>();
        for (ServerAddress server : servers) {
            @Nullable InetAddress address = NetUtil.createInetAddressFromIpAddressString(server.host());
            if (address == null
                    || ofInterface.stream().anyMatch(own -> own.holds(address))
                    || elsewhere.stream().anyMatch(own -> own.holds(address))) {
                continue;
            }
            for (Cidr cidr : config.addresses()) {
                InetAddress floating = NetUtil.createInetAddressFromIpAddressString(cidr.address());
                Own network = new Own(floating, cidr.prefixLength());
                if (network.holds(address)
                        && !hostAddressIn(network, ofInterface)
                        && !hostAddressIn(network, elsewhere)) {
                    warnings.add(String.format(
                            Locale.ROOT,
                            "proxy.servers: %s is reached from %s only, because this host has no other address in its"
                                    + " network: perhaps not at all as a standby, and connections are left behind on"
                                    + " it if this host is lost. Give %s an address of its own there",
                            server,
                            cidr,
                            config.interfaceName()));
                    break;
                }
            }
        }
        return warnings;
    }

    /** Whether one of these addresses is in the network, although its prefix does not show it. */
    private static boolean hostAddressIn(Own network, List<Own> own) {
        return own.stream().anyMatch(one -> !one.showsNetwork() && network.holds(one.address()));
    }
}
