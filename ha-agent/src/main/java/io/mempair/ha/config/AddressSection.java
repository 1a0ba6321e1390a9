package io.mempair.ha.config;

import io.mempair.ha.config.VirtualAddressConfig.Cidr;
import io.mempair.ha.config.VirtualAddressConfig.ConflictPolicy;
import io.mempair.proxy.config.LiteralAddress;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The section {@code virtual-address}, and what other sections may not have because of it. */
final class AddressSection {

    /** The kernel's IFNAMSIZ without its NUL; no slash, no colon, no space. */
    private static final Pattern INTERFACE = Pattern.compile("(?![.]{1,2}$)[^\\s/:-][^\\s/:]{0,14}");

    /** Before the IPv4 address in {@code ::ffff:10.0.0.1}. */
    private static final int V4_MAPPED_BITS = 96;

    private AddressSection() {}

    static @Nullable VirtualAddressConfig read(Section section) {
        List<Cidr> addresses = section.list(ConfigKey.ADDRESS, AddressSection::cidr);
        if (!section.has(ConfigKey.ADDRESS.key())) {
            section.missing(ConfigKey.ADDRESS.key(), "address/prefix-length, as in 10.0.0.100/24");
        }
        String interfaceName =
                section.required(ConfigKey.INTERFACE, "a network interface, as in eth0", AddressSection::interfaceName);
        ConflictPolicy conflict = section.optional(ConfigKey.CONFLICT, ConflictPolicy.REFUSE, AddressSection::conflict);
        return !section.has(ConfigKey.ADDRESS.key()) || interfaceName == null
                ? null
                : section.build(() -> new VirtualAddressConfig(addresses, interfaceName, conflict));
    }

    /** Refuses a proxy that would send every request to itself, for ever. */
    static void checkServers(Section proxy, VirtualAddressConfig vip, PoolConfig pool) {
        checkServers(proxy, ConfigKey.SERVERS, vip, pool.primaries());
        checkServers(proxy, ConfigKey.BACKUPS, vip, pool.backups());
    }

    private static void checkServers(
            Section proxy, ConfigKey key, VirtualAddressConfig vip, List<ServerAddress> servers) {
        servers.stream()
                .filter(server -> vip.contains(server.host()))
                .forEach(server -> proxy.wrong(
                        key,
                        server + " is the virtual address, see " + ConfigKey.ADDRESS.path()
                                + ", so this proxy itself (expected: a memcached, by the own address of its host)"));
    }

    /** Refuses the loopback addresses and interface, which nobody else can reach. */
    static void checkInterface(Section section, VirtualAddressConfig vip, HooksConfig hooks) {
        if (hooks.address() == HooksConfig.Holder.GUARD) {
            vip.addresses().stream()
                    .filter(cidr -> LiteralAddress.isLoopback(cidr.address()))
                    .forEach(cidr -> section.wrong(
                            ConfigKey.ADDRESS,
                            "'" + cidr + "' is this host alone (expected: a free address of the clients' network)"));
        }
        if (vip.interfaceName().equals("lo") && hooks.address() == HooksConfig.Holder.GUARD) {
            section.wrong(
                    ConfigKey.INTERFACE, "'lo' is this host alone (expected: the interface of the clients' network)");
        }
    }

    private static ConflictPolicy conflict(String text) {
        return switch (text) {
            case "refuse" -> ConflictPolicy.REFUSE;
            case "warn" -> ConflictPolicy.WARN;
            default -> throw new IllegalArgumentException("'" + text + "' (expected: refuse or warn)");
        };
    }

    private static Cidr cidr(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        boolean v4 = NetUtil.isValidIpV4Address(address);
        int bits = v4 ? 32 : 128;
        String length = text.substring(slash + 1);
        if (slash > 0 && (v4 || NetUtil.isValidIpV6Address(address)) && length.matches("[0-9]{1,3}")) {
            int prefixLength = ProxyValues.number(length);
            if (address.indexOf('%') < 0 && prefixLength >= 1 && prefixLength <= bits) {
                return hostAddress(new Cidr(address, prefixLength));
            }
        }
        String hint = address.indexOf('%') < 0 ? "; at most /" + bits : "; without a scope";
        throw new IllegalArgumentException(
                "'" + text + "' (expected: address/prefix-length, as in 10.0.0.100/24" + hint + ')');
    }

    private static Cidr hostAddress(Cidr cidr) {
        if (cidr.isIpv6() && LiteralAddress.of(cidr.address()) instanceof Inet4Address v4) {
            int prefixLength = cidr.prefixLength() - V4_MAPPED_BITS;
            throw new IllegalArgumentException(
                    "'" + cidr + "' is an IPv4 address in the form of IPv6, which no interface has"
                            + " (expected: " + v4.getHostAddress()
                            + (prefixLength > 0 ? "/" + prefixLength : " with its prefix length") + ')');
        }
        String hostless = cidr.hostless();
        if (hostless != null) {
            throw new IllegalArgumentException(
                    "'" + cidr + "' is " + hostless + " (expected: a free address of the network, for a host)");
        }
        return cidr;
    }

    private static String interfaceName(String text) {
        if (!INTERFACE.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' (expected: a network interface, as in eth0)");
        }
        return text;
    }
}
