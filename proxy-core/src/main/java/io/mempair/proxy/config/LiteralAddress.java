package io.mempair.proxy.config;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an operator's address means, however it is written; names are never resolved. Pure. */
public final class LiteralAddress {

    /** RFC 919. */
    private static final String BROADCAST = "255.255.255.255";

    private LiteralAddress() {}

    /** The address, without the scope of one; one of IPv4 also where it is written as {@code ::ffff:10.0.0.1}. Null for a name. */
    public static @Nullable InetAddress of(String host) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(host);
        if (bytes == null) {
            return null;
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of " + bytes.length + " bytes", e);
        }
    }

    /** One text for all ways to write a host: two names are the same if only their case differs, as for the name service. */
    public static String canonical(String host) {
        InetAddress address = of(host);
        return address == null ? host.toLowerCase(Locale.ROOT) : NetUtil.toAddressString(address) + scope(host);
    }

    /** Whether both are one host, however they are written; a name is never an address. */
    public static boolean isSame(String one, String other) {
        if (one.equals(other)) {
            return true;
        }
        InetAddress address = of(one);
        InetAddress otherAddress = of(other);
        if (address == null || otherAddress == null) {
            return address == null && otherAddress == null && one.equalsIgnoreCase(other);
        }
        return address.equals(otherAddress) && scope(one).equals(scope(other));
    }

    private static String scope(String host) {
        int scope = host.indexOf('%');
        return scope < 0 ? "" : host.substring(scope);
    }

    /** Why it is no address of one host, such as {@code "every address"}; null for one that is, and for a name. */
    public static @Nullable String hostless(String host) {
        InetAddress address = of(host);
        if (address == null) {
            return null;
        }
        if (address.isAnyLocalAddress()) {
            return "every address";
        }
        if (address.isMulticastAddress()) {
            return "a multicast address";
        }
        return address.getHostAddress().equals(BROADCAST) ? "the broadcast address" : null;
    }

    /** Whether it is the host itself to everyone who uses it: a loopback address, or the name of one. */
    public static boolean isLoopback(String host) {
        InetAddress address = of(host);
        return address == null ? host.equalsIgnoreCase("localhost") : address.isLoopbackAddress();
    }
}
