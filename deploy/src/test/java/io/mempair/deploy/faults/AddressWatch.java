package io.mempair.deploy.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sees who gets and who loses the virtual address, from {@code lab.sh watch}: one process that sleeps until the kernel tells it something,
 * and one socket for all hosts. So the order of the changes is the kernel's, and an overlap that did not happen is never seen; the time of a
 * change is that at which the process read it.
 */
public final class AddressWatch implements AutoCloseable {

    private static final Pattern HOST = Pattern.compile("nsid (\\d+) \\(iproute2 netns name: .*-(\\w+)\\)\\s*");
    private static final Pattern CHANGE =
            Pattern.compile("\\[([-0-9T:.]+)] \\[nsid (\\d+)](Deleted )?\\d+: \\S+ +inet6? ([0-9a-f.:]+)/.*");
    private static final int MAX_CHANGES = 1_000_000;

    private final Process process;
    private final String address;
    private final Map<String, String> hosts = new HashMap<>();
    /** Guarded by itself. */
    private final List<Holdings.Change> changes = new ArrayList<>();

    private volatile boolean ready;

    /** Begins; {@link #awaitReady} says from when on nothing is missed. */
    public AddressWatch(Process watch, String address) {
        this.process = watch;
        this.address = address;
        var reader = new Thread(this::read, "address-watch");
        reader.setDaemon(true);
        reader.start();
    }

    /** Waits until the switch has told its hosts. */
    public void awaitReady() {
        Waiting.until("lab.sh watch tells the hosts", Duration.ofSeconds(10), () -> ready);
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher host = HOST.matcher(line);
                if (host.matches()) {
                    hosts.put(host.group(1), host.group(2));
                    ready = hosts.size() >= 6;
                } else {
                    note(CHANGE.matcher(line));
                }
            }
        } catch (IOException e) {
            ready = false; // the process was ended
        }
    }

    private void note(Matcher change) {
        if (!change.matches() || !change.group(4).equals(address)) {
            return;
        }
        long micros = ChronoUnit.MICROS.between(
                LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC), LocalDateTime.parse(change.group(1)));
        String host = hosts.getOrDefault(change.group(2), "nsid " + change.group(2));
        synchronized (changes) {
            if (changes.size() < MAX_CHANGES) {
                changes.add(new Holdings.Change(micros, host, change.group(3) == null));
            }
        }
    }

    /** What was seen of these hosts. */
    Holdings of(Set<String> some) {
        synchronized (changes) {
            return new Holdings(changes.stream()
                    .filter(change -> some.contains(change.host()))
                    .toList());
        }
    }

    /** Which of the two nodes hold the address now. */
    public Set<String> holders() {
        return of(Set.of("a", "b")).holders();
    }

    /** For how long both nodes had the address since then. */
    public Duration bothHeldSince(long fromMicros) {
        return Duration.of(of(Set.of("a", "b")).between(fromMicros, nowMicros()).bothMicros(), ChronoUnit.MICROS);
    }

    /** Now, on the clock of the changes. */
    public static long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    @Override
    public void close() {
        process.destroy();
    }
}
