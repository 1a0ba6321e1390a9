package io.mempair.ha.config;

import java.util.List;

/**
 * The floating addresses of a pair: they live on one interface and move together.
 *
 * @param addresses      at least one, each once
 * @param interfaceName  network interface that carries them on this host
 */
public record VirtualAddressConfig(List<Cidr> addresses, String interfaceName) {

    /** A guard reads them from its command line, and announces each. */
    public static final int MAX_ADDRESSES = 16;

    /**
     * One of them.
     *
     * @param address       IPv4 or IPv6 literal, without prefix length
     * @param prefixLength  bits of the network, as in {@code 10.0.0.100/24}
     */
    public record Cidr(String address, int prefixLength) {

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

    public VirtualAddressConfig {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty() || addresses.size() > MAX_ADDRESSES) {
            throw new IllegalArgumentException(
                    "address: " + addresses.size() + " addresses (expected: 1.." + MAX_ADDRESSES + ')');
        }
        if (addresses.stream().map(Cidr::address).distinct().count() < addresses.size()) {
            throw new IllegalArgumentException("address: " + addresses + " (expected: each address once)");
        }
    }

    /** One address alone. */
    public VirtualAddressConfig(String address, int prefixLength, String interfaceName) {
        this(List.of(new Cidr(address, prefixLength)), interfaceName);
    }

    /** Whether {@code address}, without prefix length, is one of them. */
    public boolean contains(String address) {
        return addresses.stream().anyMatch(cidr -> cidr.address().equals(address));
    }
}
