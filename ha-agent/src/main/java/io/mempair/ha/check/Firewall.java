package io.mempair.ha.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds a stateful firewall of this host that drops, instead of resets, what clients of a vanished host send to this one: they
 * hang until their own timeouts. Reads the rules of nftables, which has those of a present iptables too, and of the iptables
 * before it. Without the right to read them nothing is found. Any thread.
 */
public final class Firewall {

    private static final String LIMIT_SECONDS = "2";
    private static final int MAX_BYTES = 1 << 20;

    private static final Path MID_STREAM = Path.of("/proc/sys/net/netfilter/nf_conntrack_tcp_loose");

    private static final Pattern TABLE = Pattern.compile("table (\\S+) (\\S+) \\{");
    private static final Pattern CHAIN = Pattern.compile("chain (\\S+) \\{");
    private static final Pattern PORTS = Pattern.compile("(?:th |tcp )?dport (\\{[^}]*}|\\S+)|--dports? (\\S+)");

    private Firewall() {}

    /** A warning for each chain that lets clients of that port hang. Starts two processes, for some seconds at most. */
    public static List<String> warnings(int clientPort) {
        boolean midStreamIsNew = readsOne(MID_STREAM);
        List<String> warnings =
                new ArrayList<>(ofNftables(output("nft", "list", "ruleset"), clientPort, midStreamIsNew));
        if (warnings.isEmpty()) {
            warnings.addAll(ofIptables(output("iptables", "-S"), "iptables", clientPort, midStreamIsNew));
            warnings.addAll(ofIptables(output("ip6tables", "-S"), "ip6tables", clientPort, midStreamIsNew));
        }
        return warnings;
    }

    /** @param midStreamIsNew  whether the kernel takes a packet of a connection that it never saw for a new connection */
    static List<String> ofNftables(String ruleset, int clientPort, boolean midStreamIsNew) {
        List<String> warnings = new ArrayList<>();
        List<String> rules = new ArrayList<>();
        String table = "";
        String chain = "";
        List<String> dropping = new ArrayList<>();
        for (String line : ruleset.split("\n", -1)) {
            Matcher tableBegins = TABLE.matcher(line.strip());
            Matcher chainBegins = CHAIN.matcher(line.strip());
            if (tableBegins.matches()) {
                table = tableBegins.group(1) + ' ' + tableBegins.group(2);
            } else if (chainBegins.matches()) {
                chain = table + ' ' + chainBegins.group(1);
            } else if (line.contains("hook input") && line.contains("policy drop")) {
                dropping.add(chain);
            } else {
                rules.add(line);
            }
        }
        if (letsHang(rules, clientPort, midStreamIsNew)) {
            for (String one : dropping) {
                warnings.add(warning(
                        "chain " + one,
                        String.format(
                                Locale.ROOT,
                                "nft insert rule %s tcp dport %d tcp flags '& (syn | rst) == 0' ct state new,invalid reject with tcp"
                                        + " reset",
                                one,
                                clientPort),
                        clientPort));
            }
        }
        return warnings;
    }

    /** @param rules  what {@code program -S} prints */
    static List<String> ofIptables(String rules, String program, int clientPort, boolean midStreamIsNew) {
        List<String> lines = List.of(rules.split("\n", -1));
        if (!lines.contains("-P INPUT DROP") || !letsHang(lines, clientPort, midStreamIsNew)) {
            return List.of();
        }
        return List.of(warning(
                "chain INPUT of " + program,
                program + " -I INPUT -p tcp --dport " + clientPort
                        + " ! --syn -m conntrack --ctstate NEW,INVALID -j REJECT --reject-with tcp-reset",
                clientPort));
    }

    private static boolean letsHang(List<String> rules, int clientPort, boolean midStreamIsNew) {
        boolean stateful = false;
        for (String rule : rules) {
            String lower = rule.toLowerCase(Locale.ROOT);
            boolean accepts = lower.contains("accept");
            if (lower.contains("tcp reset") || lower.contains("tcp-reset")) {
                return false;
            }
            if (accepts && lower.contains("established")) {
                stateful = true;
            } else if (accepts && isFor(lower, clientPort) && takesMidStream(lower, midStreamIsNew)) {
                return false;
            }
        }
        return stateful;
    }

    private static boolean takesMidStream(String rule, boolean midStreamIsNew) {
        boolean synOnly = rule.contains("syn");
        boolean byState = rule.contains("ct state") || rule.contains("state ");
        return !synOnly && (!byState || (rule.contains("new") && midStreamIsNew));
    }

    /** All rules that say what is not tracked, of either program, one a line; empty if they cannot be read. */
    static String rawRules() {
        return String.join(
                "\n",
                output("nft", "list", "ruleset"),
                output("iptables", "-t", "raw", "-S"),
                output("ip6tables", "-t", "raw", "-S"));
    }

    /**
     * Whether packets for that port, of one family, would not be forwarded; not if the rules cannot be read. Starts two processes
     * likewise.
     */
    static boolean dropsForwarded(int clientPort, boolean ipv6) {
        return dropsForwardedByNftables(output("nft", "list", "ruleset"), clientPort, ipv6)
                || dropsForwardedByIptables(output(ipv6 ? "ip6tables" : "iptables", "-S", "FORWARD"), clientPort);
    }

    /** A chain that this one jumps to is not looked at: where that accepts the port, this is too gloomy. */
    static boolean dropsForwardedByNftables(String ruleset, int clientPort, boolean ipv6) {
        boolean concerns = true;
        boolean drops = false;
        boolean accepts = false;
        for (String line : ruleset.split("\n", -1)) {
            Matcher table = TABLE.matcher(line.strip());
            if (table.matches()) {
                concerns = Set.of("inet", ipv6 ? "ip6" : "ip").contains(table.group(1));
            } else if (CHAIN.matcher(line.strip()).matches()) {
                drops = false;
                accepts = false;
            } else if (line.contains("hook forward")) {
                drops = concerns && line.contains("policy drop");
            } else if (line.strip().equals("}")) {
                if (drops && !accepts) {
                    return true;
                }
                drops = false;
            } else {
                accepts |= acceptsPort(line, clientPort);
            }
        }
        return false;
    }

    /** @param rules  what {@code iptables -S FORWARD} prints */
    static boolean dropsForwardedByIptables(String rules, int clientPort) {
        return rules.lines().anyMatch("-P FORWARD DROP"::equals)
                && rules.lines().noneMatch(rule -> acceptsPort(rule, clientPort));
    }

    private static boolean acceptsPort(String rule, int port) {
        String lower = rule.toLowerCase(Locale.ROOT);
        return lower.contains("accept") && isFor(lower, port);
    }

    /** @param rule  in lower case */
    static boolean isFor(String rule, int port) {
        Matcher ports = PORTS.matcher(rule);
        if (!ports.find()) {
            return false;
        }
        String named = ports.group(1) == null ? ports.group(2) : ports.group(1);
        for (String one : named.replaceAll("[{}]", "").split(",", -1)) {
            String[] ends = one.strip().split("[-:]", 2);
            try {
                int low = Integer.parseInt(ends[0]);
                int high = ends.length == 1 ? low : Integer.parseInt(ends[1]);
                if (low <= port && port <= high) {
                    return true;
                }
            } catch (NumberFormatException e) {
                // a named set or service
            }
        }
        return false;
    }

    private static String warning(String where, String remedy, int clientPort) {
        return "firewall: " + where + " drops what belongs to no known connection of port " + clientPort
                + ", so clients of a" + " vanished host hang here until their own timeouts instead of connecting anew. "
                + remedy;
    }

    private static boolean readsOne(Path setting) {
        try {
            return Files.readString(setting).strip().equals("1");
        } catch (IOException e) {
            return true; // the kernel's default
        }
    }

    /** What a program prints; empty if it is not there, fails or takes too long. */
    private static String output(String... command) {
        Process process;
        try {
            List<String> limited = new ArrayList<>(List.of("timeout", "-s", "KILL", LIMIT_SECONDS));
            limited.addAll(List.of(command));
            ProcessBuilder builder = new ProcessBuilder(limited)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectInput(Path.of("/dev/null").toFile());
            builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ':' + more);
            process = builder.start();
        } catch (IOException e) {
            return "";
        }
        try {
            byte[] printed = process.getInputStream().readNBytes(MAX_BYTES);
            boolean good = process.waitFor(1, TimeUnit.SECONDS) && process.exitValue() == 0;
            return good ? new String(printed, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        } finally {
            process.destroyForcibly();
        }
    }
}
