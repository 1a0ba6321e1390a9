package io.mempair.deploy.faults;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rows of the table, and all bounds: what is broken, and what a client and the two hosts may see of it. */
enum Row {
    TERM("SIGTERM of the active node", RowKind.PROCESS, OutageBound.PLANNED, Held.NEVER, 1),
    SWITCHOVER("mempair switchover", RowKind.PRODUCT, OutageBound.PLANNED, Held.NEVER, 1),
    KILL("kill -9 of the JVM", RowKind.PROCESS, OutageBound.CRASH, Held.NEVER, 1),
    KILLGUARD("kill -9 of the guard", RowKind.PROCESS, OutageBound.SILENCE, Held.NEVER, 1),
    KILLSTANDBYGUARD("kill -9 of the standby's guard", RowKind.PRODUCT, OutageBound.NONE, Held.NEVER, 0),
    STOPGUARD("SIGSTOP of the guard", RowKind.PRODUCT, OutageBound.SILENCE, Held.NEVER, 0),
    KILLALL("kill -9 of JVM and guard", RowKind.PROCESS, OutageBound.SILENCE, Held.KERNEL, 1),
    KILLGUARDFIRST("kill -9 of the guard, then of the JVM", RowKind.PRODUCT, OutageBound.SILENCE, Held.KERNEL, 1),
    KILLGUARDLAST("kill -9 of the JVM, then of the guard", RowKind.PRODUCT, OutageBound.SILENCE, Held.KERNEL, 1),
    STOP("SIGSTOP of the JVM, SIGCONT", RowKind.PROCESS, OutageBound.SILENCE, Held.NEVER, 1),
    FREEZE("SIGSTOP of JVM and guard, SIGCONT", RowKind.PROCESS, OutageBound.SILENCE, Held.KERNEL, 1),
    LINK("link down", RowKind.NETWORK, OutageBound.SILENCE, Held.NEVER, 1),
    CARRIER("carrier lost", RowKind.NETWORK, OutageBound.SILENCE, Held.NEVER, 1),
    CUT("silent cut of the active host", RowKind.CUT, OutageBound.SILENCE, Held.NEVER, 1),
    DEAF("one-way: the active host receives nothing", RowKind.CUT, OutageBound.ONE_WAY, Held.NEVER, 1),
    MUTE("one-way: nothing of the active host arrives", RowKind.CUT, OutageBound.ONE_WAY, Held.NEVER, 1),
    SPLIT("cut between the nodes only", RowKind.CUT, OutageBound.SILENCE, Held.WHILE_SPLIT, 2),
    SPLITDEAF(
            "one-way: the active node hears nothing of the other",
            RowKind.CUT,
            OutageBound.ONE_WAY,
            Held.WHILE_SPLIT,
            2),
    SPLITMUTE(
            "one-way: the other hears nothing of the active node",
            RowKind.CUT,
            OutageBound.ONE_WAY,
            Held.WHILE_SPLIT,
            2),
    HEAL("heal of a silent cut", RowKind.AFTERWARDS, OutageBound.NONE, Held.NEVER, 0),
    FLAP("link that flaps 5 times in 4 s", RowKind.NETWORK, OutageBound.SILENCE, Held.NEVER, 1),
    START("both start together", RowKind.BEGINNING, OutageBound.UNBOUNDED, Held.NEVER, 1),
    RETURN("the old active node returns", RowKind.AFTERWARDS, OutageBound.NONE, Held.NEVER, 0),
    FOREIGN("the address is on a foreign host at the start", RowKind.BEGINNING, OutageBound.UNBOUNDED, Held.NEVER, 1),
    HOOKFAIL("the claim hook fails at a switchover", RowKind.HOOK, OutageBound.HOOK_FAILS, Held.NEVER, -1),
    HOOKHANG("the claim hook hangs at a switchover", RowKind.HOOK, OutageBound.HOOK_HANGS, Held.NEVER, -1),
    CLOCKFORWARD("wall clock of the active node an hour forward", RowKind.CLOCK, OutageBound.NONE, Held.NEVER, 0),
    CLOCKBACK("wall clock of the active node an hour back", RowKind.CLOCK, OutageBound.NONE, Held.NEVER, 0),
    HOGS4("4 busy loops for 20 s", RowKind.LOAD, OutageBound.UNBOUNDED, Held.NEVER, 0),
    HOGS12("12 busy loops for 20 s", RowKind.LOAD, OutageBound.UNBOUNDED, Held.NEVER, 0);

    /** What sort of thing is done, and so what has to be there for it. */
    enum RowKind {
        /** A process of the active host is ended or stopped. */
        PROCESS,
        /** By a command only mempair has. */
        PRODUCT,
        /** The active host's own network. */
        NETWORK,
        /** Frames are lost without anybody being told. */
        CUT,
        /** The fault is over when the round begins. */
        AFTERWARDS,
        /** No node runs when the round begins; the outage is the time from then to the first answer. */
        BEGINNING,
        /** Nodes with hooks in their files. */
        HOOK,
        /** Nodes whose wall clock can be set. */
        CLOCK,
        /** The machine is short of processor time. */
        LOAD
    }

    private final String title;
    private final RowKind kind;
    private final OutageBound outage;
    private final Held held;
    private final int maxTakeOvers;

    Row(String title, RowKind kind, OutageBound outage, Held held, int maxTakeOvers) {
        this.title = title;
        this.kind = kind;
        this.outage = outage;
        this.held = held;
        this.maxTakeOvers = maxTakeOvers;
    }

    String title() {
        return title;
    }

    RowKind kind() {
        return kind;
    }

    OutageBound outage() {
        return outage;
    }

    Held held() {
        return held;
    }

    /** Take-overs of one round; negative: any number. */
    int maxTakeOvers(Options options) {
        // profile fast is not for hosts that are short of processor time
        return kind == RowKind.LOAD && options.fast() ? -1 : maxTakeOvers;
    }

    /** The name on the command line; with a host behind it, mostly that of the lab's fault. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Row> of(String word) {
        return Stream.of(values()).filter(row -> row.word().equals(word)).findFirst();
    }

    /** The fault of {@code lab.sh} that makes this row by the network alone, or null. */
    @Nullable
    String networkFault(String host) {
        return switch (kind) {
            case NETWORK, CUT -> this == SPLIT ? word() : word() + '-' + host;
            default -> null;
        };
    }
}
