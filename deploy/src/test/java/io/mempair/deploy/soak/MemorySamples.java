package io.mempair.deploy.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Resident memory of a process, looked at again and again. Used by one thread. */
final class MemorySamples {

    /** How much more at the end is still flat. */
    private static final double FLAT = 1.15;

    private static final int PARTS = 5;

    private final Path status;
    private final List<Long> kilobytes = new ArrayList<>();

    MemorySamples(long pid) {
        status = Path.of("/proc", "" + pid, "status");
    }

    /** Looks once; false when the process has ended. */
    boolean take() throws IOException {
        if (!Files.exists(status)) {
            return false;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) {
                kilobytes.add(Long.parseLong(line.replaceAll("\\D", "")));
            }
        }
        return true;
    }

    /** Median of the second fifth: in the first one the program still grows into its work. */
    long startKb() {
        return median(1);
    }

    /** Median of the last fifth. */
    long endKb() {
        return median(PARTS - 1);
    }

    boolean isFlat() {
        return endKb() <= startKb() * FLAT;
    }

    private long median(int part) {
        int count = kilobytes.size();
        if (count < PARTS) {
            return count == 0 ? 0 : kilobytes.get(count - 1);
        }
        var some = kilobytes.subList(count * part / PARTS, count * (part + 1) / PARTS).stream()
                .sorted()
                .toList();
        return some.get(some.size() / 2);
    }
}
