package io.mempair.proxy.config;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Arrays;

/** A network, given by address and prefix length; a single address is a network of one. Immutable. */
public final class ClientNetwork {

    private final byte[] network;
    private final int prefixBits;

    private ClientNetwork(byte[] network, int prefixBits) {
        this.network = network;
        this.prefixBits = prefixBits;
    }

    /**
     * Reads {@code 10.0.0.0/8}, {@code fd00::/64}, or an address alone.
     *
     * @throws IllegalArgumentException naming the text and what was expected
     */
    public static ClientNetwork parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        byte[] bytes = address.indexOf('%') < 0 ? NetUtil.createByteArrayFromIpAddressString(address) : null;
        String prefix = slash < 0 ? "" : text.substring(slash + 1);
        if (bytes == null || (slash >= 0 && !prefix.matches("\\d{1,3}"))) {
            throw new IllegalArgumentException("'" + text + "' (expected: a network such as 10.0.0.0/8 or ::1/128)");
        }
        int bits = slash < 0 ? 8 * bytes.length : Integer.parseInt(prefix);
        if (bits > 8 * bytes.length) {
            throw new IllegalArgumentException(
                    "'" + text + "' (expected: a prefix of at most " + 8 * bytes.length + " bits)");
        }
        byte[] masked = masked(bytes, bits);
        if (!Arrays.equals(bytes, masked)) {
            throw new IllegalArgumentException("'" + text + "' (expected: " + NetUtil.bytesToIpAddress(masked) + '/'
                    + bits + ", or " + address + " alone)");
        }
        return new ClientNetwork(bytes, bits);
    }

    private static byte[] masked(byte[] address, int bits) {
        byte[] masked = address.clone();
        for (int i = 0; i < masked.length; i++) {
            int kept = Math.min(8, Math.max(0, bits - 8 * i));
            masked[i] &= (byte) (0xFF00 >> kept);
        }
        return masked;
    }

    /** Whether the address lies inside. An IPv4 address is never inside an IPv6 network. */
    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == network.length && Arrays.equals(masked(bytes, prefixBits), network);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ClientNetwork that
                && prefixBits == that.prefixBits
                && Arrays.equals(network, that.network);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(network) + prefixBits;
    }

    @Override
    public String toString() {
        return NetUtil.bytesToIpAddress(network) + '/' + prefixBits;
    }
}
