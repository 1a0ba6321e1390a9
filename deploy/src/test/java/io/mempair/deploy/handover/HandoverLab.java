package io.mempair.deploy.handover;

import io.mempair.deploy.faults.AddressWatch;
import io.mempair.deploy.faults.LabShell;
import io.mempair.deploy.faults.Reader;
import io.mempair.deploy.faults.Waiting;
import io.mempair.ha.admin.ControlClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A pair that hands its connections over, and two servers, in a lab that is up. One thread. */
final class HandoverLab {

    static final List<String> NODES = List.of("a", "b");

    private static final String ADDRESS = "10.77.0.100";
    private static final String ADDRESS6 = "fd00:77::100";
    private static final int PORT = 11_211;
    private static final int HTTP = 9_411;
    private static final Map<String, String> HOST = Map.of("a", "10.77.0.11", "b", "10.77.0.12");
    private static final Map<String, String> HOST6 = Map.of("a", "fd00:77::11", "b", "fd00:77::12", "c", "fd00:77::14");
    private static final Duration READY = Duration.ofSeconds(120);
    private static final Duration CHANGED = Duration.ofSeconds(30);

    /** What the guard changes for a hold. */
    private static final List<String> SETTINGS = List.of(
            "net.ipv4.tcp_early_demux",
            "net.ipv4.conf.all.send_redirects",
            "net.ipv4.conf.eth0.send_redirects",
            "net.ipv4.conf.eth0.forwarding",
            "net.ipv4.neigh.eth0.unres_qlen_bytes",
            "net.ipv6.conf.eth0.force_forwarding",
            "net.ipv6.neigh.eth0.unres_qlen_bytes");

    private static final Pattern HANDED_OVER =
            Pattern.compile("(\\d+) connections handed over, (\\d+) not .*?\\bms=(\\d+)");

    /** Lets in what belongs to a known connection, and new ones; and drops what its tracking takes for invalid. */
    private static final String FIREWALL = "add table inet f;"
            + " add chain inet f in { type filter hook input priority 0; policy accept; };"
            + " add rule inet f in ct state established,related accept;"
            + " add rule inet f in tcp dport 11211 tcp flags syn accept;"
            + " add rule inet f in tcp dport 11211 drop;"
            + " add chain inet f out { type filter hook output priority 0; policy accept; };"
            + " add rule inet f out tcp sport 11211 ct state invalid drop";

    /**
     * A hand-over as its old node tells it.
     *
     * @param moved     connections
     * @param notMoved  connections
     * @param millis    from the last request's beginning to the commit
     */
    record HandedOver(int moved, int notMoved, long millis) {}

    private final HandoverOptions options;
    private final LabShell shell;
    private final Map<String, Process> running = new HashMap<>();

    HandoverLab(HandoverOptions options) {
        this.options = options;
        this.shell = new LabShell(options.deploy(), options.folder(), "default");
    }

    /** Where clients connect. */
    InetSocketAddress address() {
        return new InetSocketAddress(options.ipv6() ? ADDRESS6 : ADDRESS, PORT);
    }

    static String other(String node) {
        return node.equals("a") ? "b" : "a";
    }

    /** Starts everything; a is active then, and both nodes say that they can hand over. */
    void start() {
        for (String server : List.of("m1", "m2")) {
            start(server, "memcached", "-u", "root", "-U", "0", "-m", "4096", "-c", "8192");
        }
        if (options.ipv6()) {
            HOST6.forEach(
                    (host, address) -> shell.on(host, "ip", "addr", "add", address + "/64", "dev", "eth0", "nodad"));
        }
        for (String node : NODES) {
            if (options.firewall()) {
                shell.on(node, "sysctl", "-qw", "net.netfilter.nf_conntrack_tcp_be_liberal=1");
                shell.on(node, "nft", FIREWALL);
            }
            shell.write(node + ".yaml", config(node));
        }
        startNode("a");
        Waiting.until("a is active", READY, () -> isActive("a"));
        startNode("b");
        for (String node : NODES) {
            untilReady(node);
        }
    }

    private String config(String node) {
        String config = shell.lab("config", node)
                .replace("  profile:", "  handover: auto\n  profile:")
                .replace(
                        "proxy:\n",
                        "proxy:\n  transport: " + options.transport() + "\n  loops: " + options.loops() + "\n");
        return options.ipv6()
                ? config.replace(
                        "{address: " + ADDRESS + "/24", "{address: [" + ADDRESS + "/24, '" + ADDRESS6 + "/64']")
                : config;
    }

    /** Real nodes have processors of their own: the load is not to take theirs. */
    private void startNode(String node) {
        String file = shell.file(node + ".yaml").toString();
        start(node, "nice", "-n", "-10", shell.mempairProgram(), "node", "--config", file);
    }

    private void start(String host, String... words) {
        running.put(host, shell.start(host, host, Map.of(), words));
    }

    private String page(String node, String path) {
        return Reader.page(HOST.get(node), HTTP, path);
    }

    boolean isActive(String node) {
        return page(node, "/health/active").matches("(?s)HTTP/1\\.[01] 200 .*");
    }

    void untilReady(String node) {
        Waiting.until(
                node + " says that a planned change keeps connections",
                READY,
                () -> page(node, "/status").contains("\"handover\":{\"possible\":true,"));
    }

    /** Waits until a standby has warmed up, unless the lab's nodes do not. */
    void untilWarm(String node) {
        if (!"false".equals(System.getenv("MEMPAIR_WARMUP"))) {
            Waiting.until(
                    node + " has warmed up",
                    READY,
                    () -> shell.read(node + ".log").contains("event=warmup_"));
        }
    }

    /** Switches over from the active node, and returns what that says of it. */
    HandedOver switchOver(String active) {
        long before = linesOf(active);
        ask(active, "switchover");
        Waiting.until(other(active) + " is active", CHANGED, () -> isActive(other(active)));
        Matcher told = HANDED_OVER.matcher(
                shell.read(active + ".log").lines().skip(before).reduce("", (all, line) -> all + line + '\n'));
        return told.find()
                ? new HandedOver(
                        Integer.parseInt(told.group(1)), Integer.parseInt(told.group(2)), Long.parseLong(told.group(3)))
                : new HandedOver(0, 0, 0);
    }

    /** Asks a node over its control socket, from this process: a moment that is wanted is met. */
    void ask(String node, String command) {
        try {
            String answer = ControlClient.ask(shell.file(node + ".sock"), command, ControlClient.ACTION_LIMIT);
            if (!answer.startsWith("ok")) {
                System.err.println(node + " refuses: " + answer);
            }
        } catch (IOException e) {
            System.err.println(node + " does not answer: " + e.getMessage());
        }
    }

    /** Who gets and who loses the address, from now on. */
    AddressWatch watch() {
        AddressWatch watch = new AddressWatch(shell.watch(), options.ipv6() ? ADDRESS6 : ADDRESS);
        watch.awaitReady();
        return watch;
    }

    void fault(String word) {
        shell.lab("fault", word);
    }

    void heal() {
        shell.lab("heal");
    }

    /** Starts a node again that was killed. */
    void restart(String node) {
        Process killed = running.get(node);
        Waiting.until(node + " has ended", CHANGED, () -> killed == null || !killed.isAlive());
        startNode(node);
    }

    /** Settings of a node's kernel that a hand-over changes for a while; empty what an older kernel does not have. */
    Map<String, String> settings(String node) {
        Map<String, String> values = new TreeMap<>();
        SETTINGS.forEach(name ->
                values.put(name, shell.on(node, "sysctl", "-e", "-n", name).strip()));
        return values;
    }

    /** Connections of clients that a process of a host has; not those that its kernel alone still ends. */
    int connectionsOf(String node) {
        String address = options.ipv6() ? '[' + ADDRESS6 + ']' : ADDRESS;
        return (int)
                shell.on(node, "ss", "-Htn", "state", "established", "state", "close-wait", "src", address + ':' + PORT)
                        .lines()
                        .count();
    }

    private long linesOf(String node) {
        return shell.read(node + ".log").lines().count();
    }

    /** For somebody who looks for the reason of a failure. */
    String logs() {
        return shell.logs(NODES);
    }

    void stop() {
        running.values().forEach(Process::destroyForcibly);
    }
}
