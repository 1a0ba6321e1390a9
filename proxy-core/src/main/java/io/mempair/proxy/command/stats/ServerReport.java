package io.mempair.proxy.command.stats;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.protocol.Stat;
import java.util.ArrayList;
import java.util.List;

/** {@code stats servers}: each server of the pool separately, as {@code STAT host:port:name value}. */
final class ServerReport {

    private static final int MAX_REASON_CHARACTERS = 200;

    private ServerReport() {}

    static List<Stat> of(Pool pool) {
        List<Stat> report = new ArrayList<>();
        int primaries = pool.primaries().size();
        for (int i = 0; i < pool.all().size(); i++) {
            ServerConnection server = pool.all().get(i);
            ServerState state = server.state();
            String prefix = state.address() + ":";
            report.add(new Stat(prefix + "tier", i < primaries ? "primary" : "backup"));
            report.add(Stat.of(prefix + "up", state.up() ? 1 : 0));
            report.add(new Stat(prefix + "version", state.version().orElse("unknown")));
            report.add(Stat.of(prefix + "connections", state.connections()));
            report.add(Stat.of(prefix + "connections_lost", state.lostConnections()));
            report.add(Stat.of(prefix + "in_flight", server.inFlight()));
            report.add(new Stat(
                    prefix + "last_failure", oneLine(state.lastFailure().orElse("none"))));
        }
        return report;
    }

    /** Replaces line ends: a reason may quote a server, and must not inject lines. */
    private static String oneLine(String reason) {
        String shown = reason.length() > MAX_REASON_CHARACTERS ? reason.substring(0, MAX_REASON_CHARACTERS) : reason;
        return shown.replaceAll("\\p{Cntrl}", "?");
    }
}
