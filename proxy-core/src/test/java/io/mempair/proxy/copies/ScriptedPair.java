package io.mempair.proxy.copies;

import static org.awaitility.Awaitility.await;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.server.ProxyInternals;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import io.mempair.proxy.testkit.TestTimeouts;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A proxy in front of two servers that answer what the test says, and a client of it. A line is answered by the first rule whose
 * prefix fits: lines are separated by a bar, {@code close} closes the connection, also behind an answer, {@code mute} says
 * nothing, {@link #AFTER_LOSS} and {@link #AFTER_RETURN} wait. A line without a rule gets what a healthy server says that has the
 * key {@code a}.
 */
record ScriptedPair(ScriptedServer primary, ScriptedServer backup, RunningProxy proxy, RawClient client)
        implements AutoCloseable {

    /** No answer at all. */
    static final String MUTE = "mute";

    /** Before an answer that is given when the proxy has lost a connection to the other server. */
    static final String AFTER_LOSS = "after the loss of the other: ";

    /** Before an answer that is given when the proxy has lost the other server and is connected to it again. */
    static final String AFTER_RETURN = "after the return of the other: ";

    static ScriptedPair of(Map<String, String> byPrimary, Map<String, String> byBackup) throws Exception {
        return of(byPrimary, byBackup, CopyPolicy.DEFAULT);
    }

    static ScriptedPair of(Map<String, String> byPrimary, Map<String, String> byBackup, CopyPolicy policy)
            throws Exception {
        CompletableFuture<List<ServerState>> servers = new CompletableFuture<>();
        ScriptedServer primary = server(byPrimary, servers.thenApply(both -> both.get(1)));
        ScriptedServer backup = server(byBackup, servers.thenApply(both -> both.get(0)));
        PoolConfig pool = new PoolConfig(
                List.of(primary.address()),
                List.of(backup.address()),
                Distribution.MODULO,
                timeouts(byPrimary, byBackup));
        RunningProxy proxy = RunningProxy.over(pool.with(policy));
        servers.complete(List.of(ProxyInternals.state(proxy, 0), ProxyInternals.state(proxy, 1)));
        return new ScriptedPair(primary, backup, proxy, proxy.client());
    }

    /** Short ones only if a server falls silent: else nothing in a test depends on how fast the machine is. */
    private static ServerTimeouts timeouts(Map<String, String> byPrimary, Map<String, String> byBackup) {
        return byPrimary.containsValue(MUTE) || byBackup.containsValue(MUTE)
                ? TestTimeouts.SHORT
                : TestTimeouts.PATIENT;
    }

    private static ScriptedServer server(Map<String, String> answers, CompletableFuture<ServerState> other)
            throws IOException {
        return ScriptedServer.playing((line, connection) -> {
            List<String> words = List.of(line.split(" ", -1));
            if (words.get(0).equals("ms")) {
                connection.data(Integer.parseInt(words.get(2)));
            } else if (List.of("set", "add", "replace", "append", "prepend", "cas")
                    .contains(words.get(0))) {
                connection.data(Integer.parseInt(words.get(4)));
            }
            String rule = answers.entrySet().stream()
                    .filter(candidate -> line.startsWith(candidate.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElseGet(() -> healthy(line, words));
            answer(whenItIsTime(rule, other), connection);
        });
    }

    private static String whenItIsTime(String rule, CompletableFuture<ServerState> other) {
        if (rule.startsWith(AFTER_LOSS)) {
            await("loss").until(() -> other.join().lostConnections() > 0);
            return rule.substring(AFTER_LOSS.length());
        }
        if (rule.startsWith(AFTER_RETURN)) {
            await("return")
                    .until(() ->
                            other.join().lostConnections() > 0 && other.join().up());
            return rule.substring(AFTER_RETURN.length());
        }
        return rule;
    }

    private static void answer(String answer, ScriptedServer.ScriptedConnection connection) throws IOException {
        boolean closes = answer.equals("close") || answer.endsWith("|close");
        String lines = answer.equals("close") ? "" : answer.replaceFirst("[|]close$", "");
        if (!answer.equals(MUTE) && !lines.isEmpty()) {
            connection.send(lines.replace("|", "\r\n") + "\r\n");
        }
        if (closes) {
            connection.close();
        }
    }

    private static String healthy(String line, List<String> words) {
        return switch (words.get(0)) {
            case "set", "add", "replace", "append", "prepend", "cas" -> "STORED";
            case "delete" -> "DELETED";
            case "touch" -> "TOUCHED";
            case "incr", "decr" -> "6";
            case "gat" -> "VALUE a 0 1|x|END";
            case "mg" -> line.contains(" v") ? "VA 1 f0 t-1|x" : "HD f0 s1 c9";
            case "ms" -> line.endsWith(" c") ? "HD c9" : "HD";
            case "flush_all" -> "OK";
            default -> "HD";
        };
    }

    /** One request, its lines separated by bars, and the first line of the answer. */
    String ask(String request) throws IOException {
        return client.send(request.replace("|", "\r\n") + "\r\n").line();
    }

    /** What is known of a server: 0 is the primary, 1 the backup. */
    ReplicaState replica(int server) {
        return ProxyInternals.replica(proxy, server);
    }

    @Override
    public void close() throws Exception {
        client.close();
        proxy.close();
        primary.close();
        backup.close();
    }
}
