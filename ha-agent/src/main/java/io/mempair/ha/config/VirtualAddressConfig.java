package io.mempair.ha.config;

/**
 * The floating address.
 *
 * @param address        IPv4 or IPv6 literal, without prefix length
 * @param prefixLength   bits of the network, as in {@code 10.0.0.100/24}
 * @param interfaceName  network interface that carries it on this host
 */
public record VirtualAddressConfig(String address, int prefixLength, String interfaceName) {

    /** {@code address/prefixLength}, the form {@code ip addr} takes. */
    public String cidr() {
        return address + '/' + prefixLength;
    }
}
