package io.mempair.ha.check;

import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether the interface of the virtual address works: it is up and has a carrier. Costs an ioctl and a small
 * file per check. The flag of the ioctl alone ({@code IFF_RUNNING}) would do, but the kernel sets it up to a second
 * late when links change often (linkwatch); {@code /sys/class/net/X/carrier} is right at once, but may be that of
 * another network namespace: then its interface has another index or hardware address, and the flag must do. One
 * thread.
 */
final class Carrier {

    /** Nanoseconds; a link under negotiation changes faster. */
    private static final long RISE_NANOS = 1_000_000_000L;

    private final String interfaceName;
    private final Path directory;
    private final List<String> problem;
    private final Recovery recovery = new Recovery(RISE_NANOS);
    private @Nullable NetworkInterface known;
    private boolean directoryIsOurs;

    /** @param classNet  {@code /sys/class/net} */
    Carrier(String interfaceName, Path classNet) {
        this.interfaceName = interfaceName;
        this.directory = classNet.resolve(interfaceName);
        this.problem = List.of("interface " + interfaceName + " is down or has no carrier: look at the cable and the"
                + " switch's port, or ip link set " + interfaceName + " up");
    }

    /** The current problems; empty if there are none. */
    List<String> look(long nowNanos) {
        return recovery.look(isRunning(), nowNanos) ? List.of() : problem;
    }

    private boolean isRunning() {
        try {
            NetworkInterface nic = known == null ? find() : known;
            return nic != null
                    && nic.isUp()
                    && (!directoryIsOurs || read("carrier").equals("1"));
        } catch (SocketException e) {
            // removed; a later interface with that name is another one
            known = null;
            return false;
        } catch (IOException e) {
            // reading the carrier of an interface that is down fails like this
            return false;
        }
    }

    private @Nullable NetworkInterface find() throws SocketException {
        NetworkInterface nic = NetworkInterface.getByName(interfaceName);
        directoryIsOurs = nic != null && describes(nic);
        known = nic;
        return nic;
    }

    private boolean describes(NetworkInterface nic) throws SocketException {
        byte[] hardware = nic.getHardwareAddress();
        try {
            return hardware != null
                    && read("ifindex").equals(Integer.toString(nic.getIndex()))
                    && Arrays.equals(HexFormat.ofDelimiter(":").parseHex(read("address")), hardware);
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    private String read(String file) throws IOException {
        return Files.readString(directory.resolve(file)).strip();
    }
}
