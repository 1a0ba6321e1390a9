package io.mempair.ha.address;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.config.VirtualAddressConfig.Cidr;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The addresses on this host's interfaces, read from the kernel at each call. Any thread. */
final class Interfaces {

    private Interfaces() {}

    /** The floating addresses that their interface carries, with any prefix length. */
    static List<Cidr> carried(VirtualAddressConfig config) {
        try {
            NetworkInterface nic = NetworkInterface.getByName(config.interfaceName());
            if (nic == null) {
                return List.of();
            }
            Set<InetAddress> there =
                    nic.inetAddresses().map(Interfaces::withoutScope).collect(Collectors.toSet());
            return config.addresses().stream()
                    .filter(cidr -> there.contains(literal(cidr.address())))
                    .toList();
        } catch (SocketException e) {
            return List.of();
        }
    }

    /** The kernel's index of the interface, or 0 if there is none with that name. */
    static int index(VirtualAddressConfig config) {
        try {
            NetworkInterface nic = NetworkInterface.getByName(config.interfaceName());
            return nic == null ? 0 : nic.getIndex();
        } catch (SocketException e) {
            return 0;
        }
    }

    /** Whether two literals denote the same address. */
    static boolean isSame(String one, String other) {
        return literal(one).equals(literal(other));
    }

    private static InetAddress withoutScope(InetAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // the bytes came from an address
        }
    }

    private static InetAddress literal(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new AssertionError("not an address: " + address, e); // the configuration accepts literals only
        }
    }
}
