package io.mempair.ha.check;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The gateway of the IPv4 default route, from {@code /proc/net/route} of this process's network namespace: hexadecimal
 * numbers, addresses in network byte order printed as host integers. Remembered once seen, because a link that goes
 * down removes its routes. One thread.
 */
final class Gateway {

    /** RTF_UP and RTF_GATEWAY of linux/route.h. */
    private static final int UP_AND_GATEWAY = 0x1 | 0x2;

    private static final int COLUMNS = 8;

    private final Path routes;
    private @Nullable InetAddress last;

    Gateway(Path routes) {
        this.routes = routes;
    }

    /** The gateway with the lowest metric, or the last one seen; null if there never was one. */
    @Nullable
    InetAddress address() {
        try {
            InetAddress found = of(Files.readAllLines(routes));
            last = found == null ? last : found;
        } catch (IOException | NumberFormatException e) {
            // missing, or in another format: as if there were no route
        }
        return last;
    }

    private static @Nullable InetAddress of(List<String> lines) throws IOException {
        InetAddress best = null;
        long bestMetric = Long.MAX_VALUE;
        for (String line : lines) {
            String[] columns = line.strip().split("\\s+", -1);
            if (columns.length < COLUMNS || columns[0].equals("Iface")) {
                continue;
            }
            boolean isDefault = Long.parseLong(columns[1], 16) == 0 && Long.parseLong(columns[7], 16) == 0;
            int flags = Integer.parseInt(columns[3], 16);
            long metric = Long.parseLong(columns[6]);
            if (isDefault && (flags & UP_AND_GATEWAY) == UP_AND_GATEWAY && metric < bestMetric) {
                best = InetAddress.getByAddress(bytes(Long.parseLong(columns[2], 16)));
                bestMetric = metric;
            }
        }
        return best;
    }

    private static byte[] bytes(long littleEndian) {
        return new byte[] {
            (byte) littleEndian, (byte) (littleEndian >> 8), (byte) (littleEndian >> 16), (byte) (littleEndian >> 24)
        };
    }
}
