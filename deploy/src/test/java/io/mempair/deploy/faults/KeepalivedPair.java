package io.mempair.deploy.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What operators build without mempair: keepalived holds the address, nutcracker (twemproxy) runs on both hosts, a script tells keepalived
 * whether it answers. VRRP 3, advertisements so often that a silent peer is missed after the same time as mempair's lease; no preemption, as
 * with mempair; the script as often as keepalived can (whole seconds) and believed at once.
 */
final class KeepalivedPair extends LabPair {

    /** Three advertisements and a skew of 156/256 of one: 0.79 s and 0.36 s. */
    private static final String ADVERT_SECONDS = "0.22";

    private static final String FAST_ADVERT_SECONDS = "0.1";
    private static final Duration QUIET = Duration.ofMillis(1_500);

    private final Options options;
    private final Map<String, Process> keepaliveds = new HashMap<>();
    private final Map<String, Process> proxies = new HashMap<>();

    KeepalivedPair(LabShell shell, AddressWatch watch, Options options) {
        super(shell, watch);
        this.options = options;
    }

    @Override
    String product() {
        return "keepalived";
    }

    @Override
    boolean has(Row row) {
        return switch (row.kind()) {
            case PRODUCT, HOOK, CLOCK -> false;
            default -> row != Row.FOREIGN;
        };
    }

    @Override
    void start(Row row) {
        shell().write("nutcracker.yml", """
                pool:
                  listen: 0.0.0.0:%d
                  hash: fnv1a_64
                  distribution: ketama
                  timeout: 500
                  auto_eject_hosts: false
                  servers:
                    - 10.77.0.21:11211:1
                    - 10.77.0.22:11211:1
                """.formatted(PORT));
        for (String node : List.of("a", "b")) {
            shell().write(
                            node + "-check.sh",
                            "#!/bin/sh\nprintf 'get x\\r\\nquit\\r\\n' | nc -w 1 " + HOST.get(node) + " " + PORT
                                    + " | grep -q END\n");
            if (!shell().file(node + "-check.sh").toFile().setExecutable(true)) {
                throw new FaultFailure("the check script cannot be made executable");
            }
            shell().write(node + ".conf", config(node));
            if (row.kind() != Row.RowKind.BEGINNING) {
                startProxy(node);
            }
        }
        if (row.kind() != Row.RowKind.BEGINNING) {
            startKeepalived("a");
            startKeepalived("b");
        }
    }

    private String config(String node) {
        return """
                global_defs {
                    script_user root
                    enable_script_security
                    max_auto_priority -1
                }
                vrrp_script proxy {
                    script "%s"
                    interval 1
                    timeout 1
                    fall 1
                    rise 1
                    init_fail
                }
                vrrp_instance pair {
                    state BACKUP
                    nopreempt
                    interface eth0
                    version 3
                    virtual_router_id 77
                    priority 100
                    advert_int %s
                    unicast_src_ip %s
                    unicast_peer {
                        %s
                    }
                    virtual_ipaddress {
                        %s/24
                    }
                    track_script {
                        proxy
                    }
                }
                """.formatted(
                        shell().file(node + "-check.sh"),
                        options.fast() ? FAST_ADVERT_SECONDS : ADVERT_SECONDS,
                        HOST.get(node),
                        HOST.get(other(node)),
                        ADDRESS);
    }

    private void startKeepalived(String node) {
        keepaliveds.put(
                node,
                shell().start(
                                node,
                                "keepalived-" + node,
                                Map.of(),
                                "keepalived",
                                "--dont-fork",
                                "--log-console",
                                "--dont-respawn",
                                "--vrrp",
                                "--use-file=" + shell().file(node + ".conf"),
                                "--pid=" + shell().file(node + ".pid"),
                                "--vrrp_pid=" + shell().file(node + "-vrrp.pid")));
    }

    private void startProxy(String node) {
        proxies.put(
                node,
                shell().start(
                                node,
                                "nutcracker-" + node,
                                Map.of(),
                                "nutcracker",
                                "-c",
                                shell().file("nutcracker.yml").toString(),
                                "-m",
                                "16384"));
    }

    @Override
    void stop() {
        heal();
        for (String node : NODES) {
            signal("KILL", node, true, true);
        }
        Waiting.until(
                "killed processes have ended",
                TAKE_OVER,
                () -> keepaliveds.values().stream().noneMatch(Process::isAlive)
                        && proxies.values().stream().noneMatch(Process::isAlive));
        keepaliveds.clear();
        proxies.clear();
        for (String node : NODES) {
            // nothing else would ever take it off
            shell().on(node, "ip", "addr", "flush", "dev", "eth0", "to", ADDRESS);
        }
        Waiting.until("nobody has the address", TAKE_OVER, () -> holders().isEmpty());
    }

    /** One address, and both hosts would serve; then a while, because keepalived cannot be asked whether it is ready. */
    @Override
    boolean settled() {
        return running()
                && holders().size() == 1
                && HOST.values().stream().allMatch(host -> Reader.answers(host, PORT, 300))
                && Reader.answers(ADDRESS, PORT, 300)
                && !Waiting.within(QUIET, () -> holders().size() != 1);
    }

    private boolean running() {
        return NODES.stream().allMatch(node -> isAlive(keepaliveds.get(node)) && isAlive(proxies.get(node)));
    }

    private static boolean isAlive(@Nullable Process process) {
        return process != null && process.isAlive();
    }

    @Override
    long epoch() {
        return -1;
    }

    @Override
    boolean onlyActiveAnswers() {
        return false;
    }

    @Override
    void prepare(Row row, String active) {
        switch (row) {
            case HEAL -> cutOff(active);
            case RETURN -> {
                signal("TERM", active, true, true);
                Waiting.until(other(active) + " serves", TAKE_OVER, () -> serves(other(active)));
                Waiting.until(
                        active + " has ended",
                        TAKE_OVER,
                        () -> !isAlive(keepaliveds.get(active)) && !isAlive(proxies.get(active)));
            }
            case START -> stop();
            default -> {}
        }
    }

    @Override
    void breakNode(Row row, String active) {
        switch (row) {
            case TERM -> signal("TERM", active, true, true);
            case KILL -> signal("KILL", active, false, true);
            case KILLGUARD -> signal("KILL", active, true, false);
            case KILLALL -> signal("KILL", active, true, true);
            case STOP -> signal("STOP", active, false, true);
            case FREEZE -> signal("STOP", active, true, true);
            case START, RETURN -> restart();
            default -> throw new IllegalArgumentException(row.word());
        }
    }

    @Override
    void mendNode(Row row, String active) {
        Waiting.last(FAULT);
        switch (row) {
            case STOP, FREEZE -> heal();
            case TERM, KILL, KILLGUARD, KILLALL -> restart();
            default -> {}
        }
    }

    /** Starts what does not run. */
    private void restart() {
        for (String node : List.of("a", "b")) {
            if (!isAlive(proxies.get(node))) {
                startProxy(node);
            }
            if (!isAlive(keepaliveds.get(node))) {
                startKeepalived(node);
            }
        }
    }

    /** keepalived is a parent and a child that does the work. */
    private void signal(String name, String node, boolean keepalived, boolean proxy) {
        var pids = new ArrayList<String>();
        if (proxy && isAlive(proxies.get(node))) {
            pids.add(String.valueOf(proxies.get(node).pid()));
        }
        if (keepalived && isAlive(keepaliveds.get(node))) {
            Process parent = keepaliveds.get(node);
            parent.descendants().forEach(child -> pids.add(String.valueOf(child.pid())));
            pids.add(String.valueOf(parent.pid()));
        }
        if (!pids.isEmpty()) {
            // a check script among them may have ended meanwhile
            shell().on(node, "sh", "-c", "kill -" + name + ' ' + String.join(" ", pids) + " 2>/dev/null || true");
        }
    }

    @Override
    List<String> logs() {
        return List.of("keepalived-a", "keepalived-b", "nutcracker-a", "nutcracker-b");
    }
}
