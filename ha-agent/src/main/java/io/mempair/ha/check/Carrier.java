package io.mempair.ha.check;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the interface of the virtual address can carry anything: set up, and with a carrier. One ioctl a look, no file:
 * {@code IFF_RUNNING} is the carrier as the kernel sees it (operational state up or unknown), and belongs to the network
 * namespace of this process, which {@code /sys/class/net} need not. One thread.
 */
final class Carrier {

    /** Nanoseconds; a link that is negotiated comes and goes for less. */
    private static final long RISE_NANOS = 1_000_000_000L;

    private final String interfaceName;
    private final List<String> problem;
    private final Recovery recovery = new Recovery(RISE_NANOS);
    private @Nullable NetworkInterface known;

    Carrier(String interfaceName) {
        this.interfaceName = interfaceName;
        this.problem = List.of("interface " + interfaceName + " is down or has no carrier: look at the cable and the"
                + " switch's port, or ip link set " + interfaceName + " up");
    }

    /** What is wrong now; empty when nothing is. */
    List<String> look(long nowNanos) {
        return recovery.look(isRunning(), nowNanos) ? List.of() : problem;
    }

    private boolean isRunning() {
        try {
            NetworkInterface nic = known == null ? NetworkInterface.getByName(interfaceName) : known;
            known = nic;
            return nic != null && nic.isUp();
        } catch (SocketException e) {
            // removed; one that comes back by that name is another
            known = null;
            return false;
        }
    }
}
