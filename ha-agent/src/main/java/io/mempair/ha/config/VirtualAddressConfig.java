package io.mempair.ha.config;

import io.mempair.proxy.config.LiteralAddress;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The floating addresses of a pair: they live on one interface and move together.
 *
 * @param addresses      at least one, each once
 * @param interfaceName  network interface that carries them on this host
 * @param conflict       what to do when another host answers for one of them and no client waits yet
 */
public record VirtualAddressConfig(List<Cidr> addresses, String interfaceName, ConflictPolicy conflict) {

    /** The guard reads them from its command line and announces each one. */
    public static final int MAX_ADDRESSES = 16;

    /**
     * One of them.
     *
     * @param address       IPv4 or IPv6 literal, without prefix length
     * @param prefixLength  bits of the network, as in {@code 10.0.0.100/24}
     */
    public record Cidr(String address, int prefixLength) {

        /** What it is if it cannot be a host's address, such as {@code "the broadcast address"}; otherwise null. */
        public @Nullable String hostless() {
            String ofNoHost = LiteralAddress.hostless(address);
            if (ofNoHost != null) {
                return ofNoHost;
            }
            byte[] bytes = bytes(address);
            int hostBits = bytes.length * 8 - prefixLength;
            if (hostBits < 2) {
                return null;
            }
            boolean allZero = true;
            boolean allOne = true;
            for (int bit = prefixLength; bit < bytes.length * 8; bit++) {
                boolean one = (bytes[bit / 8] >> (7 - bit % 8) & 1) == 1;
                allZero &= !one;
                allOne &= one;
            }
            if (allZero) {
                return isIpv6() ? "the address of all routers" : "the address of the network itself";
            }
            return allOne && !isIpv6() ? "the broadcast address" : null;
        }

        /** Whether it is an IPv6 address. */
        public boolean isIpv6() {
            return address.indexOf(':') >= 0;
        }

        /** {@code address/prefixLength}, the form {@code ip addr} takes. */
        @Override
        public String toString() {
            return address + '/' + prefixLength;
        }
    }

    /** What an unhurried claim does when another host answers for an address. */
    public enum ConflictPolicy {
        /** Fails and names the other host. */
        REFUSE,
        /** Claims and names the other host, which is a router or switch that answers for others. */
        WARN
    }

    /** With {@link ConflictPolicy#REFUSE}. */
    public VirtualAddressConfig(List<Cidr> addresses, String interfaceName) {
        this(addresses, interfaceName, ConflictPolicy.REFUSE);
    }

    public VirtualAddressConfig {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty() || addresses.size() > MAX_ADDRESSES) {
            throw new IllegalArgumentException(
                    "address: " + addresses.size() + " addresses (expected: 1.." + MAX_ADDRESSES + ')');
        }
        if (addresses.stream()
                        .map(cidr -> LiteralAddress.canonical(cidr.address()))
                        .distinct()
                        .count()
                < addresses.size()) {
            throw new IllegalArgumentException("address: " + addresses + " (expected: each address once)");
        }
    }

    /** A single address. */
    public VirtualAddressConfig(String address, int prefixLength, String interfaceName) {
        this(List.of(new Cidr(address, prefixLength)), interfaceName);
    }

    /** Whether {@code host}, a name or an address without prefix length, is one of them, however it is written. */
    public boolean contains(String host) {
        byte[] asked = bytes(host);
        return asked.length > 0 && addresses.stream().anyMatch(cidr -> Arrays.equals(bytes(cidr.address()), asked));
    }

    /** All of them, without prefix lengths. */
    public Set<InetAddress> inetAddresses() {
        return addresses.stream()
                .map(cidr -> NetUtil.createInetAddressFromIpAddressString(cidr.address()))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Empty for a name. */
    private static byte[] bytes(String address) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        return bytes == null ? new byte[0] : bytes;
    }
}
