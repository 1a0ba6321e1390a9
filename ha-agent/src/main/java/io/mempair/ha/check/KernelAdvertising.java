package io.mempair.ha.check;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Whether the guard can make the kernel advertise an IPv6 address: it does where no program can. Reads three small
 * files at each call; any thread.
 */
final class KernelAdvertising {

    /** What the guard writes, for a message. */
    static final String NEEDED =
            "net.ipv6.conf.INTERFACE.accept_dad and ndisc_notify (net.ipv6.conf.all.accept_dad" + " must be 0)";

    private final Path settings;

    /** @param settings  {@code /proc/sys/net/ipv6/conf} */
    KernelAdvertising(Path settings) {
        this.settings = settings;
    }

    /**
     * @param mayChange  whether this process may change the network's settings; if not, a refusal does not show what the
     *     node may do
     */
    boolean canAdvertise(String interfaceName, boolean mayChange) {
        Path own = settings.resolve(interfaceName);
        return isZero(settings.resolve("all").resolve("accept_dad"))
                && isWritable(own.resolve("accept_dad"), mayChange)
                && isWritable(own.resolve("ndisc_notify"), mayChange);
    }

    /** The kernel takes the larger of the setting for all interfaces and that of one. */
    private static boolean isZero(Path setting) {
        try {
            return Files.readString(setting).strip().equals("0");
        } catch (IOException e) {
            return false;
        }
    }

    /** Opening is the only sure way: the right that a capability gives is not among a file's permissions. */
    private static boolean isWritable(Path setting, boolean mayChange) {
        try (FileChannel opened = FileChannel.open(setting, StandardOpenOption.WRITE)) {
            return opened.isOpen();
        } catch (AccessDeniedException e) {
            return !mayChange;
        } catch (IOException e) {
            return false;
        }
    }
}
