package io.mempair.deploy.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Two hosts of the lab with something that keeps the virtual address on one of them: what is the same for every product. */
abstract sealed class LabPair permits MempairPair, KeepalivedPair {

    static final String ADDRESS = "10.77.0.100";
    static final int PORT = 11211;
    static final Map<String, String> HOST = Map.of("a", "10.77.0.11", "b", "10.77.0.12");
    static final Set<String> NODES = Set.of("a", "b");

    /** How long a hang or a cut lasts. */
    static final Duration FAULT = Duration.ofSeconds(3);

    /** How long the other node may take, however slow the machine, before the round has failed. */
    static final Duration TAKE_OVER = Duration.ofSeconds(20);

    private static final Pattern HEALING = Pattern.compile("healing from (\\d+)\\.(\\d{6})");
    private static final Duration LOAD = Duration.ofSeconds(20);

    private final LabShell shell;
    private final AddressWatch watch;
    private long mendedMicros;

    LabPair(LabShell shell, AddressWatch watch) {
        this.shell = shell;
        this.watch = watch;
    }

    final LabShell shell() {
        return shell;
    }

    final AddressWatch watch() {
        return watch;
    }

    /** Its name. */
    abstract String product();

    /** Whether this product can be broken in this way at all. */
    abstract boolean has(Row row);

    /** Starts both nodes as the row wants them; returns without waiting for them. */
    abstract void start(Row row);

    /** Ends everything of the product on both hosts, at once. */
    abstract void stop();

    /** One node active, the other ready to take over, everything of the last round over. */
    abstract boolean settled();

    /** How often a node became active so far; -1: only the moves of the address are known. */
    abstract long epoch();

    /** Whether a node whose port is open is the active one, so that two that answer are two that serve. */
    abstract boolean onlyActiveAnswers();

    /** Makes the state in which the row's round begins, if that is not the settled pair. */
    abstract void prepare(Row row, String active);

    /** The fault of a row that the network and the load of the machine do not make. */
    abstract void breakNode(Row row, String active);

    /** What ends such a fault. */
    abstract void mendNode(Row row, String active);

    /** Names of the logs. */
    abstract List<String> logs();

    /** Node {@code host} is what serves: it alone has the address, and the address answers. */
    final boolean serves(String host) {
        return holders().equals(Set.of(host)) && Reader.answers(ADDRESS, PORT, 300);
    }

    final Set<String> holders() {
        return watch.of(NODES).holders();
    }

    static String other(String node) {
        return node.equals("a") ? "b" : "a";
    }

    /** Breaks the active node; the fault lasts when this returns, or is over if it is of those that end by themselves. */
    final void inject(Row row, String active) {
        String network = row.networkFault(active);
        if (network != null) {
            shell.lab("fault", network);
        } else if (row == Row.HEAL) {
            heal();
        } else if (row == Row.HOGS4 || row == Row.HOGS12) {
            busy(row == Row.HOGS4 ? 4 : 12);
        } else {
            breakNode(row, active);
        }
    }

    /** Lets the fault last as long as it should and ends it. */
    final void mend(Row row, String active) {
        mendedMicros = AddressWatch.nowMicros();
        if (row == Row.FLAP || row == Row.HEAL) {
            return;
        }
        if (row.networkFault(active) != null) {
            Waiting.last(FAULT);
            heal();
        } else {
            mendNode(row, active);
        }
    }

    /** Undoes cuts, links and stops. */
    final void heal() {
        Matcher from = HEALING.matcher(shell.lab("heal"));
        if (!from.find()) {
            throw new FaultFailure("lab.sh heal does not tell since when");
        }
        mendedMicros = Long.parseLong(from.group(1) + from.group(2));
    }

    /** When the last fault began to be ended. */
    final long mendedMicros() {
        return mendedMicros;
    }

    /** Cuts the active host off and waits for the other. */
    final void cutOff(String active) {
        shell.lab("fault", "cut-" + active);
        Waiting.until(
                other(active) + " has the address",
                TAKE_OVER,
                () -> holders().contains(other(active)) && Reader.answers(ADDRESS, PORT, 300));
        Waiting.last(FAULT);
    }

    /** Loops that want all processors. They end by themselves should this program not live to end them. */
    private static void busy(int count) {
        List<Process> loops = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                loops.add(new ProcessBuilder(
                                "timeout", String.valueOf(LOAD.toSeconds() + 5), "sh", "-c", "while :; do :; done")
                        .start());
            }
            Waiting.last(LOAD);
        } catch (IOException e) {
            throw new FaultFailure("no busy loops: " + e);
        } finally {
            loops.forEach(LabPair::end);
        }
    }

    /** timeout passes SIGTERM on to what it runs; a kill it could not. */
    private static void end(Process loop) {
        loop.destroy();
        try {
            loop.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
