package io.mempair.proxy.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What the kernel says of one established TCP connection in {@code /proc/net/tcp} and {@code tcp6}.
 *
 * @param sendQueueBytes  sent and not acknowledged, or not sent
 * @param probesWindow    whether nothing is unacknowledged, and more waits for the other end to read
 * @param timerMillis     until the kernel's next attempt, whatever it is
 */
public record KernelConnection(long sendQueueBytes, boolean probesWindow, long timerMillis) {

    private static final String ESTABLISHED = "01";
    private static final String WINDOW_PROBE_TIMER = "04";

    /** The unit of times in {@code /proc} (USER_HZ). */
    private static final int TICK_MILLIS = 10;

    /** The first probe comes after 200 ms; each that brought nothing doubles the time. */
    private static final int MORE_THAN_FIRST_PROBE_MILLIS = 260;

    /** Those whose end on this host has that port. */
    public static List<KernelConnection> ofPort(int port) throws IOException {
        String local = String.format(Locale.ROOT, ":%04X", port);
        return Stream.concat(
                        Files.readAllLines(Path.of("/proc/net/tcp")).stream(),
                        Files.readAllLines(Path.of("/proc/net/tcp6")).stream())
                .map(line -> line.strip().split(" +", -1))
                .filter(words -> words[1].endsWith(local) && words[3].equals(ESTABLISHED))
                .map(KernelConnection::of)
                .toList();
    }

    private static KernelConnection of(String[] words) {
        return new KernelConnection(
                Long.parseLong(words[4].split(":", -1)[0], 16),
                words[5].startsWith(WINDOW_PROBE_TIMER),
                TICK_MILLIS * Long.parseLong(words[5].split(":", -1)[1], 16));
    }

    /**
     * Whether the other end takes no byte more: a probe has brought nothing. The first one may send what a small window still takes,
     * at any moment, also in repair mode.
     */
    public boolean isStuck() {
        return probesWindow && timerMillis > MORE_THAN_FIRST_PROBE_MILLIS;
    }
}
