package io.mempair.ha.check;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.config.VirtualAddressConfig.Cidr;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whether this host can keep the packets that come for the address while it moves, and pass them on: the guard lets its kernel
 * forward them then. Opens a file at each call and reads the rules of the firewall, which starts up to two processes for a
 * port. Any thread.
 */
final class HoldNeeds {

    private final Path settings;
    private final Predicate<Integer> dropsForwarded;

    /** Of this host. */
    HoldNeeds() {
        this(Path.of("/proc/sys/net/ipv4/conf"), Firewall::dropsForwarded);
    }

    /** @param dropsForwarded  whether the firewall does not forward packets for a port */
    HoldNeeds(Path settings, Predicate<Integer> dropsForwarded) {
        this.settings = settings;
        this.dropsForwarded = dropsForwarded;
    }

    /** What keeps it from that, with a remedy; null if nothing does. */
    @Nullable
    String problem(VirtualAddressConfig address, Collection<Integer> ports) {
        if (address.addresses().stream().allMatch(Cidr::isIpv6)) {
            return "packets of IPv6 are not held";
        }
        Path forwarding = settings.resolve(address.interfaceName()).resolve("forwarding");
        try (FileChannel opened = FileChannel.open(forwarding, StandardOpenOption.WRITE)) {
            if (!opened.isOpen()) {
                throw new IOException("not open");
            }
        } catch (IOException e) {
            return "packets cannot be held, as this process may not write " + forwarding
                    + " (remedy: no ProtectKernelTunables=, and no read-only /proc/sys of a container)";
        }
        return ports.stream().anyMatch(dropsForwarded)
                ? "packets cannot be held, as the firewall does not forward them (remedy: a rule that accepts the client"
                        + " port in the chain that forwards)"
                : null;
    }
}
