package io.mempair.ha.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether this host's kernel tracks connections so strictly that it would drop what belongs to a connection that was moved
 * here: its numbers are not those that the kernel remembers of it, or it never saw its beginning. Such a client hangs. Reads
 * three small files at each call. Any thread.
 */
public final class ConnectionTracking {

    private static final String LIBERAL = "nf_conntrack_tcp_be_liberal";
    private static final String LOOSE = "nf_conntrack_tcp_loose";

    private final Path settings;
    private final Supplier<String> rules;
    private volatile String lastRules = "";

    /** Of this host. */
    public ConnectionTracking() {
        this(Path.of("/proc/sys/net/netfilter"), Firewall::rawRules);
    }

    ConnectionTracking(Path settings, Supplier<String> rules) {
        this.settings = settings;
        this.rules = rules;
    }

    /**
     * Why connections to these ports cannot be moved to this host, with a remedy; null if nothing is in the way. Where the
     * kernel is strict it reads the rules of the firewall, which takes up to three processes and some seconds.
     */
    public @Nullable String problem(Collection<Integer> ports) {
        if (!remedies().isEmpty()) {
            lastRules = rules.get();
        }
        return problemByLastRules(ports);
    }

    /** The same for one who cannot wait: by the rules that {@link #problem} has read last. */
    @Nullable
    String problemByLastRules(Collection<Integer> ports) {
        List<String> remedies = remedies();
        if (remedies.isEmpty()) {
            return null;
        }
        List<String> untracking = lastRules
                .toLowerCase(Locale.ROOT)
                .lines()
                .filter(rule -> rule.contains("notrack"))
                .toList();
        String tracked = ports.stream()
                .distinct()
                .filter(port -> !isUntracked(port, untracking))
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
        return tracked.isEmpty()
                ? null
                : "connection tracking of this host would drop the packets of moved connections of port " + tracked
                        + " (remedy: sysctl -w " + String.join(" ", remedies)
                        + ", or notrack for the port in both directions)";
    }

    /** Whether there is connection tracking, and something has told the kernel to track. */
    boolean isActive() {
        String count = read("nf_conntrack_count");
        return !count.isEmpty() && !count.equals("0");
    }

    /** What to set so that a kernel that tracks takes moved connections; empty of one that does, or does not track. */
    private List<String> remedies() {
        return isActive()
                ? Stream.of(LIBERAL, LOOSE)
                        .filter(setting -> read(setting).equals("0"))
                        .map(setting -> "net.netfilter." + setting + "=1")
                        .toList()
                : List.of();
    }

    private static boolean isUntracked(int port, List<String> rules) {
        return rules.stream().anyMatch(rule -> Firewall.isFor(rule, port))
                && rules.stream()
                        .anyMatch(
                                rule -> Firewall.isFor(rule.replace("sport", "dport"), port) && rule.contains("sport"));
    }

    private String read(String setting) {
        try {
            return Files.readString(settings.resolve(setting)).strip();
        } catch (IOException e) {
            return ""; // the kernel has no connection tracking, or it is not loaded
        }
    }
}
