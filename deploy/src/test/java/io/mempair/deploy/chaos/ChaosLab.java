package io.mempair.deploy.chaos;

import io.mempair.deploy.faults.AddressWatch;
import io.mempair.deploy.faults.LabShell;
import io.mempair.deploy.faults.Reader;
import io.mempair.deploy.faults.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The pair, its witness and its two servers in the lab: what can be done to them, and what they are. One thread. */
final class ChaosLab {

    static final String ADDRESS = "10.77.0.100";
    static final int PORT = 11211;
    static final List<String> NODES = List.of("a", "b");
    static final List<String> SERVERS = List.of("m1", "m2");

    private static final Map<String, String> HOST = Map.of("a", "10.77.0.11", "b", "10.77.0.12");
    private static final int HTTP = 9411;
    /** How long servers may take to answer: so long that a machine on which all of this runs makes none look dead. */
    private static final String LONGER = "1000ms";

    private static final String SHORTER = "900ms";

    private static final Duration SETTLED = Duration.ofSeconds(120);
    private static final Pattern REPLICA_STATUS = Pattern.compile("\"replica_status\":\"([a-z]+)\"");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    private final LabShell shell;
    private final AddressWatch watch;
    private final ChaosReport report;
    private final Map<String, Process> running = new HashMap<>();

    /** Servers that this soak ends, by pid. */
    private final Set<Long> toEnd = ConcurrentHashMap.newKeySet();

    private boolean shorter;

    ChaosLab(LabShell shell, AddressWatch watch, ChaosReport report) {
        this.shell = shell;
        this.watch = watch;
        this.report = report;
    }

    /** Starts everything and waits until it is settled. */
    void start() {
        SERVERS.forEach(this::startServer);
        shell.write("w.yaml", shell.lab("config", "w"));
        begin("w", "witness");
        NODES.forEach(node -> {
            shell.write(node + ".yaml", config(node));
            begin(node, "node");
        });
        awaitSettled();
    }

    private String config(String node) {
        return shell.lab("config", node)
                .replace("group:\n", "group:\n  mode: witness\n  witness: 10.77.0.13\n")
                .replaceAll("(?m)^  servers: .*$", "  servers: [10.77.0.21:11211]")
                .replaceAll("(?m)^  (connect-)?timeout: .*$", "  $1timeout: " + LONGER)
                .replaceAll("(?m)^  backups: .*$", "  backups: [10.77.0.22:11211]\n  refill-rate: 50000");
    }

    private void startServer(String host) {
        Process server = shell.start(host, host, Map.of(), "memcached", "-u", "root", "-U", "0", "-m", "1024");
        running.put(host, server);
        server.onExit().thenAccept(ended -> {
            if (!toEnd.contains(ended.pid())) {
                report.lie("server " + host + " ended by itself, exit code " + ended.exitValue()
                        + ": what is lost from here on is not the pair's fault");
            }
        });
    }

    private void begin(String host, String command) {
        running.put(
                host,
                shell.start(
                        host,
                        host,
                        Map.of(),
                        shell.mempairProgram(),
                        command,
                        "--config",
                        shell.file(host + ".yaml").toString()));
    }

    /** The node that holds the address; a if nobody does. */
    String active() {
        return watch.holders().contains("b") ? "b" : "a";
    }

    /** Does it; it lasts until {@link #mend}. */
    void inject(ChaosFault fault, String host) {
        switch (fault) {
            case SERVER_KILL -> kill(host);
            case SERVER_FREEZE -> signal("STOP", host);
            case NODE_TERM -> end(host);
            case SWITCHOVER -> switchover(host);
            case RELOAD -> reload();
            case NODE_SPLIT -> shell.lab("fault", "split");
            case FLUSH -> throw new IllegalArgumentException("a flush is the soak's own business");
            default -> shell.lab("fault", fault.word() + '-' + host);
        }
    }

    /** Ends what is broken, and starts what has ended. */
    void mend(ChaosFault fault, String host) {
        shell.lab("heal");
        switch (fault) {
            case SERVER_KILL -> startServer(host);
            case SERVER_FREEZE -> signal("CONT", host);
            case NODE_KILL, NODE_TERM -> restart(host);
            default -> {}
        }
    }

    /** Starts a node that was killed, and leaves all else as it is. */
    void restart(String node) {
        Waiting.until(node + " has ended", SETTLED, () -> !running(node).isAlive());
        begin(node, "node");
    }

    private Process running(String host) {
        Process process = running.get(host);
        if (process == null) {
            throw new IllegalStateException("nothing was started on " + host);
        }
        return process;
    }

    private void kill(String host) {
        toEnd.add(running(host).pid());
        running(host).destroyForcibly();
        Waiting.until(host + " has ended", SETTLED, () -> !running(host).isAlive());
    }

    private void end(String host) {
        running(host).destroy();
    }

    private void signal(String name, String host) {
        shell.on(host, "kill", '-' + name, String.valueOf(running(host).pid()));
    }

    private void switchover(String host) {
        shell.tried("switchover", "--control", shell.file(host + ".sock").toString());
    }

    /** Another timeout on both nodes, and back the next time. */
    private void reload() {
        shorter = !shorter;
        for (String node : NODES) {
            String text = shell.read(node + ".yaml")
                    .replaceAll("(?m)^  timeout: .*$", "  timeout: " + (shorter ? SHORTER : LONGER));
            shell.write(node + ".yaml", text);
            shell.tried("reload", "--control", shell.file(node + ".sock").toString());
        }
    }

    /** Waits until one node is active, the other standby, and both servers hold all there is. */
    void awaitSettled() {
        Waiting.until("the pair is settled", SETTLED, this::settled);
    }

    private boolean settled() {
        look();
        String active = active();
        String other = active.equals("a") ? "b" : "a";
        return watch.holders().size() == 1
                && page(active, "/health/active").matches("(?s)HTTP/1\\.[01] 200 .*")
                && page(other, "/status").contains("\"role\":\"standby\"")
                && statuses(active).stream().allMatch("serving"::equals)
                && statuses(active).size() == SERVERS.size();
    }

    private static List<String> statuses(String node) {
        return REPLICA_STATUS
                .matcher(page(node, "/status"))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static String page(String node, String path) {
        return Reader.page(HOST.getOrDefault(node, ADDRESS), HTTP, path);
    }

    /** Looks at the processes: one that nobody ended must run, and its memory is noted. */
    void look() {
        for (String node : NODES) {
            try {
                Matcher resident = RESIDENT.matcher(Files.readString(
                        Path.of("/proc", String.valueOf(running(node).pid()), "status")));
                if (resident.find()) {
                    report.resident(Long.parseLong(resident.group(1)) << 10);
                }
            } catch (IOException e) {
                // it was ended, or says so itself below
            }
        }
    }

    /** Says which node has ended though nobody ended it. */
    void requireRunning() {
        for (String node : NODES) {
            if (!running(node).isAlive()) {
                report.lie("node " + node + " ended by itself, exit code "
                        + running(node).exitValue());
                begin(node, "node");
            }
        }
    }

    String status() {
        StringBuilder text = new StringBuilder("holders " + watch.holders());
        NODES.forEach(node -> text.append('\n').append(node).append(": ").append(page(node, "/status")));
        return text.append('\n').append(shell.logs(List.of("a", "b"))).toString();
    }

    void stop() {
        shell.lab("heal");
        running.values().forEach(process -> toEnd.add(process.pid()));
        running.values().forEach(Process::destroyForcibly);
    }
}
