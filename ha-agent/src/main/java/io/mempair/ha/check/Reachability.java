package io.mempair.ha.check;

import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.connect.AllAtOnce;
import io.mempair.ha.connect.ConnectAttempt;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether a node would reach its peers and its servers from this host, and whether the clocks of the servers agree with that of this
 * host: an absolute time of expiry means the same moment only then. Asks all at once; blocks for some seconds at most.
 */
public final class Reachability {

    private static final Duration LIMIT = Duration.ofSeconds(2);

    /** What a client of memcached cannot tell: its times have whole seconds, and the answer takes its way. */
    private static final long CLOCK_SLACK_SECONDS = 3;

    private static final int MAX_LINES = 1_000;

    private static final String TIME = "STAT time ";

    private final Clock clock;

    /** By this clock. */
    public Reachability(Clock clock) {
        this.clock = clock;
    }

    /** What does not answer, or has another time, each with its remedy; in the order of the file. */
    public List<String> warnings(GroupConfig group, @Nullable PoolConfig pool) {
        List<Supplier<Optional<String>>> questions = new ArrayList<>();
        group.peers()
                .forEach(peer -> questions.add(() -> Optional.ofNullable(peer("group.peers", peer, "the other node"))));
        ServerAddress witness = group.witness();
        if (witness != null) {
            questions.add(() -> Optional.ofNullable(peer("group.witness", witness, "the witness")));
        }
        if (pool != null) {
            boolean plain = pool.security().tls() == null;
            Stream.concat(pool.primaries().stream(), pool.backups().stream())
                    .distinct()
                    .forEach(server -> questions.add(() -> Optional.ofNullable(server(server, plain))));
        }
        return AllAtOnce.ask("reachability", questions).stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private @Nullable String peer(String key, ServerAddress address, String who) {
        try (Socket socket = new Socket()) {
            return switch (ConnectAttempt.connect(socket, resolved(address), LIMIT, clock)) {
                case ACCEPTED -> null;
                case REFUSED ->
                    key + ": " + address + " refuses: nobody listens there (expected: " + who
                            + ", with this address in its group.bind; right as long as it is not started)";
                case UNKNOWN ->
                    key + ": " + address + " does not answer within " + LIMIT.toSeconds() + " s (expected: " + who
                            + " on a host that is up, and TCP " + address.port() + " open in its firewall)";
            };
        } catch (IOException e) {
            return key + ": " + address + " cannot be asked: " + FailureText.of(e);
        }
    }

    private @Nullable String server(ServerAddress address, boolean plain) {
        String name = "proxy.servers: " + address;
        try (Socket socket = new Socket()) {
            ConnectAttempt.ConnectOutcome outcome = ConnectAttempt.connect(socket, resolved(address), LIMIT, clock);
            if (outcome != ConnectAttempt.ConnectOutcome.ACCEPTED) {
                return name
                        + (outcome == ConnectAttempt.ConnectOutcome.REFUSED
                                ? " refuses: nobody listens there"
                                : " does not answer within " + LIMIT.toSeconds() + " s")
                        + " (expected: a memcached that this host reaches)";
            }
            return plain ? otherThanMemcached(name, socket) : null;
        } catch (IOException e) {
            return name + " accepts and says nothing that a memcached says (expected: a memcached without TLS,"
                    + " or proxy.server-tls): " + FailureText.of(e);
        }
    }

    /** A server that wants a login is one all the same, and tells no time. */
    private @Nullable String otherThanMemcached(String name, Socket socket) throws IOException {
        socket.setSoTimeout((int) LIMIT.toMillis());
        socket.getOutputStream().write("stats\r\n".getBytes(StandardCharsets.US_ASCII));
        var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        for (int i = 0; i < MAX_LINES; i++) {
            String line = lines.readLine();
            if (line == null) {
                throw new IOException("it closed the connection");
            }
            if (line.startsWith(TIME)) {
                return otherTime(name, line.substring(TIME.length()).strip());
            }
            if (!line.startsWith("STAT ")) {
                return line.startsWith("CLIENT_ERROR") || line.startsWith("ERROR") || line.equals("END")
                        ? null
                        : name + " answers '" + line + "' to stats (expected: a memcached)";
            }
        }
        return null;
    }

    private @Nullable String otherTime(String name, String seconds) {
        if (!seconds.matches("[0-9]{1,18}")) {
            return name + " says that its time is '" + seconds + "' (expected: a memcached)";
        }
        long ahead = Long.parseLong(seconds) - clock.wallMillis() / 1_000;
        return Math.abs(ahead) <= CLOCK_SLACK_SECONDS
                ? null
                : name + ": its clock is " + Math.abs(ahead) + " s " + (ahead > 0 ? "ahead of" : "behind")
                        + " that of this host, so absolute times of expiry mean another moment there (expected: the same"
                        + " time on all hosts, as by chrony or systemd-timesyncd)";
    }

    /** With the address looked up anew. */
    private static InetSocketAddress resolved(ServerAddress address) {
        return new InetSocketAddress(address.host(), address.port());
    }
}
