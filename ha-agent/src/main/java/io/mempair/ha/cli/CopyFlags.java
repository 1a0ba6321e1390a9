package io.mempair.ha.cli;

import io.mempair.ha.config.ProxyValues;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.MemoryPlan;
import io.mempair.proxy.config.PoolConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How two copies are kept, as flags; magent has none of these. */
final class CopyFlags {

    @Option(
            names = "--acknowledge",
            paramLabel = "WHEN",
            description = "a write is answered when all copies have it, or the primary: all or primary (default: all)")
    private String acknowledge = "";

    @Option(names = "--hedge", description = "ask the backup too when the primary is slow to answer a read")
    private boolean hedge;

    @Option(
            names = "--journal-bytes",
            paramLabel = "SIZE",
            description = "memory for the keys a server missed (default: 16m, or its part of the heap if less)")
    private String journalBytes = "";

    @Option(
            names = "--refill-rate",
            paramLabel = "N",
            description = "keys a second copied to a server that came back empty (default: 0, reads do it)")
    private String refillRate = "";

    @Option(
            names = "--refill-for",
            paramLabel = "TIME",
            description = "how long a server that came back may be incomplete (default: 1440m)")
    private String refillFor = "";

    @Option(
            names = "--refill-lifetime",
            paramLabel = "TIME",
            description = "lifetime of refilled items whose own is unknown (default: 60m)")
    private String refillLifetime = "";

    /** Whether any flag was given that a file would set too. */
    boolean given() {
        return hedge || !(acknowledge + journalBytes + refillRate + refillFor + refillLifetime).isEmpty();
    }

    /** The policy the flags describe for that pool; one message with flag and expectation when they cannot be right. */
    CopyPolicy policy(CommandLine commandLine, PoolConfig pool) {
        CopyPolicy d = CopyPolicy.DEFAULT;
        MemoryPlan memory = MemoryPlan.ofThisProcess();
        int servers =
                pool.hasBackupTier() ? pool.primaries().size() + pool.backups().size() : 0;
        int usualBytes = memory.defaultJournalBytes(servers);
        var when = Flags.value(commandLine, "--acknowledge", acknowledge, d.acknowledge(), ProxyValues::acknowledge);
        int bytes = Flags.value(commandLine, "--journal-bytes", journalBytes, usualBytes, ProxyValues::journalBytes);
        int rate =
                Flags.value(commandLine, "--refill-rate", refillRate, d.refillKeysPerSecond(), ProxyValues::refillRate);
        var incomplete = Flags.value(commandLine, "--refill-for", refillFor, d.refillFor(), ProxyValues::refillFor);
        var lifetime = Flags.value(
                commandLine, "--refill-lifetime", refillLifetime, d.refillLifetime(), ProxyValues::refillLifetime);
        CopyPolicy policy = Flags.read(
                commandLine, "--hedge", "", none -> new CopyPolicy(when, hedge, bytes, rate, incomplete, lifetime));
        if (servers == 0) {
            refuseAlone(commandLine);
        }
        return Flags.read(commandLine, "--journal-bytes", "", none -> memory.require(policy, servers));
    }

    private void refuseAlone(CommandLine commandLine) {
        Map<String, Boolean> flags = new LinkedHashMap<>();
        flags.put("--acknowledge", !acknowledge.isEmpty());
        flags.put("--hedge", hedge);
        flags.put("--journal-bytes", !journalBytes.isEmpty());
        flags.put("--refill-rate", !refillRate.isEmpty());
        flags.put("--refill-for", !refillFor.isEmpty());
        flags.put("--refill-lifetime", !refillLifetime.isEmpty());
        flags.values().removeIf(given -> !given);
        if (!flags.isEmpty()) {
            throw new ParameterException(
                    commandLine, String.join(", ", flags.keySet()) + ": does nothing alone (expected: with -b)");
        }
    }
}
