package io.mempair.ha.check;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.config.VirtualAddressConfig.Cidr;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether this host can keep the packets that come for the address while it moves, and pass them on: the guard lets its kernel
 * forward them then. Opens a file at each call and reads the rules of the firewall, which starts up to two processes for a
 * port. Any thread.
 */
final class HoldNeeds {

    /** Whether the firewall forwards no packets for a port. */
    interface ForwardRules {
        boolean drop(int port, boolean ipv6);
    }

    private final Path settings;
    private final ForwardRules rules;

    /** Of this host. */
    HoldNeeds() {
        this(Path.of("/proc/sys/net"), Firewall::dropsForwarded);
    }

    HoldNeeds(Path settings, ForwardRules rules) {
        this.settings = settings;
        this.rules = rules;
    }

    /** What keeps it from that, with a remedy; null if nothing does. Of two families, what keeps one of them from it. */
    @Nullable
    String problem(VirtualAddressConfig address, Collection<Integer> ports) {
        List<Cidr> addresses = address.addresses();
        return Stream.of(false, true)
                .filter(ipv6 -> addresses.stream().anyMatch(one -> one.isIpv6() == ipv6))
                .map(ipv6 -> problem(address.interfaceName(), ports, ipv6))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private @Nullable String problem(String interfaceName, Collection<Integer> ports, boolean ipv6) {
        Path forwarding = settings.resolve(
                (ipv6 ? "ipv6/conf/%s/force_forwarding" : "ipv4/conf/%s/forwarding").formatted(interfaceName));
        if (ipv6 && !Files.exists(forwarding)) {
            return forwardsIpv6()
                    ? byRules(ports, true)
                    : "packets of IPv6 are not held, as this kernel forwards them on all interfaces or none (remedy: Linux"
                            + " 6.17 or newer)";
        }
        try (FileChannel opened = FileChannel.open(forwarding, StandardOpenOption.WRITE)) {
            if (!opened.isOpen()) {
                throw new IOException("not open");
            }
        } catch (IOException e) {
            return "packets cannot be held, as this process may not write " + forwarding
                    + " (remedy: no ProtectKernelTunables=, and no read-only /proc/sys of a container)";
        }
        return byRules(ports, ipv6);
    }

    private boolean forwardsIpv6() {
        try {
            return Files.readString(settings.resolve("ipv6/conf/all/forwarding"))
                    .strip()
                    .equals("1");
        } catch (IOException e) {
            return false;
        }
    }

    private @Nullable String byRules(Collection<Integer> ports, boolean ipv6) {
        return ports.stream().anyMatch(port -> rules.drop(port, ipv6))
                ? "packets cannot be held, as the firewall does not forward them (remedy: a rule that accepts the client"
                        + " port in the chain that forwards)"
                : null;
    }
}
