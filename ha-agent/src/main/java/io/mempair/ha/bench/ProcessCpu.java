package io.mempair.ha.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** CPU time of a process of this host, user and system, all its threads; as proc(5) has it. */
public final class ProcessCpu {

    /** The kernel counts in hundredths of a second for programs, whatever its own tick is. */
    private static final long TICK_NANOS = 10_000_000;

    /** Places behind the name in brackets: user time is field 14 of the line, system time 15. */
    private static final int USER = 11;

    private ProcessCpu() {}

    /**
     * What it used so far, in nanoseconds.
     *
     * @throws IOException if there is no such process, or no /proc
     */
    public static long usedNanos(long processId) throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of("/proc", Long.toString(processId), "stat"));
        return usedNanos(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    static long usedNanos(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[USER]) + Long.parseLong(fields[USER + 1])) * TICK_NANOS;
    }
}
