package io.mempair.proxy.loop;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many files and sockets this process may have open at once. Any thread. */
public final class OpenFiles {

    private OpenFiles() {}

    /** The limit; the JVM has raised it to the hard one. As good as none on a system that does not tell. */
    public static long limit() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }

    /** The limit, for people. */
    static String now() {
        long limit = limit();
        return limit == Long.MAX_VALUE ? "unknown" : "at most " + limit;
    }
}
