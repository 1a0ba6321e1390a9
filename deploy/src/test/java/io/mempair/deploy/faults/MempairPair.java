package io.mempair.deploy.faults;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A pair of mempair nodes, with a witness if the options want one. */
final class MempairPair extends LabPair {

    private static final int HTTP = 9411;
    private static final String WITNESS = "10.77.0.13";
    private static final Pattern EPOCH = Pattern.compile("\"epoch\":(\\d+)");
    private static final Pattern STANDBY = Pattern.compile("\"role\":\"standby\"");
    private static final Pattern ALARM =
            Pattern.compile("(?i)duplicate|conflict|another host|foreign|already (held|used|on)");

    private final Options options;
    private final Map<String, Process> nodes = new HashMap<>();

    MempairPair(LabShell shell, AddressWatch watch, Options options) {
        super(shell, watch);
        this.options = options;
    }

    @Override
    String product() {
        return "mempair";
    }

    @Override
    boolean has(Row row) {
        return true;
    }

    @Override
    void start(Row row) {
        for (String node : List.of("a", "b")) {
            shell().write(node + ".yaml", config(row, node));
            shell().write(node + ".clock", "+0\n");
            shell().write(node + ".hook", "ok\n");
        }
        if (row.kind() == Row.RowKind.HOOK) {
            writeHooks();
        }
        if (options.witness()) {
            shell().write("w.yaml", witness());
            nodes.put("w", program("w", "witness", Map.of()));
        }
        if (row.kind() != Row.RowKind.BEGINNING) {
            startNode(row, "a");
            startNode(row, "b");
        }
    }

    private String config(Row row, String node) {
        String config = shell().lab("config", node);
        if (options.witness() && !config.contains("mode: witness")) {
            config = config.replace("group:\n", "group:\n  mode: witness\n  witness: " + WITNESS + "\n");
        }
        return row.kind() == Row.RowKind.HOOK
                ? config + "hooks: {claim: " + shell().file(node + "-claim.sh") + ", timeout: 500ms}\n"
                : config;
    }

    private String witness() {
        return """
                node: {name: w}
                group:
                  bind: %s
                  peers: [%s, %s]
                  profile: %s
                admin: {http: '%s:%d', control: %s}
                """.formatted(
                WITNESS, HOST.get("a"), HOST.get("b"), options.profile(), WITNESS, HTTP, shell().file("w.sock"));
    }

    /** A hook that does what a file of its node says. */
    private void writeHooks() {
        for (String node : NODES) {
            shell().write(node + "-claim.sh", """
                    #!/bin/sh
                    case $(cat %s) in
                        fail) echo 'told to fail' >&2; exit 1 ;;
                        hang) exec sleep 60 ;;
                    esac
                    """.formatted(shell().file(node + ".hook")));
            if (!shell().file(node + "-claim.sh").toFile().setExecutable(true)) {
                throw new FaultFailure("the hook cannot be made executable");
            }
        }
    }

    private void startNode(Row row, String node) {
        Map<String, String> environment = row.kind() == Row.RowKind.CLOCK ? settableClock(node) : Map.of();
        nodes.put(node, program(node, "node", environment));
    }

    /** The node and its guard have a wall clock of their own that a file sets; the monotonic clock stays the machine's. */
    private Map<String, String> settableClock(String node) {
        return Map.of(
                "LD_PRELOAD", shell().file("clock.so").toString(),
                "MEMPAIR_CLOCK", shell().file(node + ".clock").toString());
    }

    private Process program(String host, String command, Map<String, String> environment) {
        return shell().start(
                        host,
                        host,
                        environment,
                        shell().mempairProgram(),
                        command,
                        "--config",
                        shell().file(host + ".yaml").toString());
    }

    @Override
    void stop() {
        heal();
        nodes.values().forEach(Process::destroyForcibly);
        Waiting.until(
                "killed nodes have ended",
                TAKE_OVER,
                () -> nodes.values().stream().noneMatch(Process::isAlive));
        nodes.clear();
        Waiting.until("killed nodes have let go", TAKE_OVER, () -> holders().isEmpty());
    }

    @Override
    boolean settled() {
        return (isActive("a") && isStandby("b")) || (isActive("b") && isStandby("a"));
    }

    private boolean isActive(String node) {
        return Reader.page(HOST.get(node), HTTP, "/health/active").matches("(?s)HTTP/1\\.[01] 200 .*") && serves(node);
    }

    private boolean isStandby(String node) {
        return STANDBY.matcher(Reader.page(HOST.get(node), HTTP, "/status")).find();
    }

    @Override
    long epoch() {
        long highest = 0;
        for (String address : HOST.values()) {
            Matcher epoch = EPOCH.matcher(Reader.page(address, HTTP, "/status"));
            highest = Math.max(highest, epoch.find() ? Long.parseLong(epoch.group(1)) : 0);
        }
        return highest;
    }

    @Override
    boolean onlyActiveAnswers() {
        return true;
    }

    @Override
    void prepare(Row row, String active) {
        switch (row) {
            case HEAL -> cutOff(active);
            case RETURN -> {
                shell().lab("fault", "killall-" + active);
                Waiting.until(other(active) + " serves", TAKE_OVER, () -> serves(other(active)));
            }
            case START, FOREIGN -> {
                stopNodes();
                if (row == Row.FOREIGN) {
                    refuseForeign(row);
                }
            }
            case CLOCKFORWARD, CLOCKBACK -> {
                setClock(active, "+0");
                Waiting.last(FAULT.dividedBy(2));
            }
            default -> {}
        }
    }

    private void stopNodes() {
        for (String node : NODES) {
            Process running = nodes.remove(node);
            if (running != null) {
                running.destroy();
                Waiting.until(node + " has ended", TAKE_OVER, () -> !running.isAlive());
            }
        }
        Waiting.until("nobody has the address", TAKE_OVER, () -> holders().isEmpty());
    }

    /** Another host has the address while both start: neither may take it, or they must say so. */
    private void refuseForeign(Row row) {
        shell().on("w", "ip", "addr", "replace", ADDRESS + "/24", "dev", "eth0");
        int said = alarms();
        startNode(row, "a");
        startNode(row, "b");
        Waiting.until(
                "both nodes run",
                TAKE_OVER,
                () -> HOST.values().stream()
                        .noneMatch(host -> Reader.page(host, HTTP, "/status").isEmpty()));
        Waiting.last(FAULT);
        if (!holders().isEmpty() && alarms() == said) {
            removeForeign();
            throw new FaultFailure("claimed an address that a foreign host has, and no log line says so");
        }
    }

    private int alarms() {
        int found = 0;
        for (String node : NODES) {
            found += (int) ALARM.matcher(shell().read(node + ".log")).results().count();
        }
        return found;
    }

    private void removeForeign() {
        shell().on("w", "ip", "addr", "flush", "dev", "eth0", "to", ADDRESS);
    }

    @Override
    void breakNode(Row row, String active) {
        switch (row) {
            case TERM -> nodes.get(active).destroy();
            case SWITCHOVER -> switchover(active);
            case KILL, KILLGUARD, STOPGUARD, KILLALL, KILLGUARDFIRST, KILLGUARDLAST, STOP, FREEZE ->
                shell().lab("fault", row.word() + '-' + active);
            case KILLSTANDBYGUARD -> shell().lab("fault", "killguard-" + other(active));
            case START -> NODES.forEach(node -> startNode(row, node));
            case RETURN -> startNode(row, active);
            case FOREIGN -> removeForeign();
            case HOOKFAIL, HOOKHANG -> {
                shell().write(other(active) + ".hook", row == Row.HOOKFAIL ? "fail\n" : "hang\n");
                switchoverThatFails(active);
            }
            case CLOCKFORWARD -> setClock(active, "+3600");
            case CLOCKBACK -> setClock(active, "-3600");
            default -> throw new IllegalArgumentException(row.word());
        }
    }

    private void switchover(String active) {
        shell().mempair(
                        "switchover",
                        "--control",
                        shell().file(active + ".sock").toString());
    }

    /** What it says is a matter of the product's own tests. */
    private void switchoverThatFails(String active) {
        try {
            switchover(active);
        } catch (FaultFailure e) {
            // the address cannot go there, and the command may say so
        }
    }

    private void setClock(String node, String offset) {
        shell().write(node + ".clock", offset + "\n");
    }

    @Override
    void mendNode(Row row, String active) {
        switch (row) {
            case TERM, KILL, KILLALL, KILLGUARDFIRST, KILLGUARDLAST -> {
                Waiting.until(
                        other(active) + " serves",
                        TAKE_OVER,
                        () -> holders().contains(other(active)) && Reader.answers(ADDRESS, PORT, 300));
                Waiting.last(FAULT.dividedBy(2));
                startNode(row, active);
            }
            case STOP, FREEZE -> {
                Waiting.last(FAULT);
                heal();
            }
            case HOOKFAIL, HOOKHANG -> {
                Waiting.last(FAULT);
                shell().write(other(active) + ".hook", "ok\n");
            }
            case KILLGUARD, KILLSTANDBYGUARD, STOPGUARD, CLOCKFORWARD, CLOCKBACK -> Waiting.last(FAULT);
            default -> {}
        }
    }

    @Override
    List<String> logs() {
        return options.witness() ? List.of("a", "b", "w") : List.of("a", "b");
    }
}
