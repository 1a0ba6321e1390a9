package io.mempair.proxy.loop;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The limit of open files and sockets of this process. Any thread. */
public final class OpenFiles {

    private OpenFiles() {}

    /**
     * The limit, which the JVM has raised to the hard limit. Practically unlimited if the system does not report one.
     */
    public static long limit() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }

    /** The limit as text. */
    static String now() {
        long limit = limit();
        return limit == Long.MAX_VALUE ? "unknown" : "at most " + limit;
    }
}
