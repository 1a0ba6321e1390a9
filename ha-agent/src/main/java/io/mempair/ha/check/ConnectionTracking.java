package io.mempair.ha.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether this host's kernel tracks connections so strictly that it would drop what belongs to a connection that was moved
 * here: its numbers are not those that the kernel remembers of it. Such a client hangs. Reads two small files at
 * each call. Any thread.
 */
public final class ConnectionTracking {

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
        if (isStrict()) {
            lastRules = rules.get();
        }
        return problemByLastRules(ports);
    }

    /** The same for one who cannot wait: by the rules that {@link #problem} has read last. */
    @Nullable
    String problemByLastRules(Collection<Integer> ports) {
        if (!isStrict()) {
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
                        + " (remedy: sysctl -w net.netfilter.nf_conntrack_tcp_be_liberal=1, or notrack for the port in both"
                        + " directions)";
    }

    /** Not of a kernel without connection tracking, a lenient one, or one that nothing tells to track. */
    private boolean isStrict() {
        return read("nf_conntrack_tcp_be_liberal").equals("0")
                && !read("nf_conntrack_count").equals("0");
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
