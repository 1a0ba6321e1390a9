package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Debian's tools that look at one memcached, pointed at the port of a proxy, with its servers up and down: memcached-tool, munin's plugin,
 * collectd's plugin, and the tools of libmemcached. None hangs or fails, and what they show is what they show of a memcached.
 */
@Timeout(300)
class MonitoringToolsIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final int ITEMS = 20;

    private static final String STORED = "STORED\r\n".repeat(ITEMS);

    private static final Pattern NUMBER_OR_UNKNOWN = Pattern.compile("[a-z_]+\\.value ([0-9]+|U)");

    /** Which of the two servers run when the tools look. */
    enum MonitoredServers {
        ALL_UP(0),
        ONE_DOWN(1),
        ALL_DOWN(2);

        private final int down;

        MonitoredServers(int down) {
            this.down = down;
        }
    }

    @TempDir
    private Path folder;

    private final List<ServerProgram> started = new ArrayList<>();
    private ServerProgram memcached;
    private ServerProgram proxy;

    /** Items through the proxy, as many in one memcached, and then servers that go away. */
    private void start(MonitoredServers state) {
        memcached = started(ServerProgram.memcached());
        List<ServerProgram> servers = List.of(started(ServerProgram.memcached()), started(ServerProgram.memcached()));
        proxy = started(ServerProgram.proxy(servers, List.of()));
        for (ServerProgram one : List.of(memcached, proxy)) {
            var sets = new StringBuilder();
            for (int i = 0; i < ITEMS; i++) {
                sets.append("set key").append(i).append(" 0 0 5\\r\\nvalue\\r\\n");
            }
            assertThat(ask(one, sets.toString())).isEqualTo(STORED);
            // collectd shows a hit ratio once there was a get
            assertThat(ask(one, "get key0\\r\\nstats\\r\\n")).contains("STAT curr_items " + ITEMS);
        }
        servers.subList(0, state.down).forEach(ServerProgram::close);
        Awaitility.await("the proxy knows")
                .atMost(LIMIT)
                .until(() -> ask(proxy, "stats\\r\\n").contains("STAT proxy_servers_down " + state.down + "\r\n"));
    }

    private ServerProgram started(ServerProgram program) {
        started.add(program);
        return program;
    }

    @AfterEach
    void stop() {
        started.forEach(ServerProgram::close);
    }

    @ParameterizedTest
    @EnumSource
    void theyShowAMemcachedAndNeitherHangNorFail(MonitoredServers state) throws Exception {
        start(state);

        assertMemcachedToolEnds(state);
        assertMuninShowsItsValues(state);
        assertLibmemcachedsToolsEnd(state);
        assertCollectdShowsItsSeries(state);
    }

    private void assertMemcachedToolEnds(MonitoredServers state) {
        for (String mode : List.of("display", "stats", "settings", "sizes")) {
            Run tool = tool("perl", "/usr/share/memcached/scripts/memcached-tool", proxy.address(), mode);
            assertThat(tool.exitCode()).as(mode + tool).isZero();
            assertThat(tool.err()).as(mode).isEmpty();
        }
        String stats = tool("perl", "/usr/share/memcached/scripts/memcached-tool", proxy.address(), "stats")
                .out();
        assertThat(stats).containsPattern("cmd_set +" + ITEMS + "\\s");
        if (state == MonitoredServers.ALL_UP) {
            assertThat(stats).containsPattern("curr_items +" + ITEMS + "\\s");
        }
    }

    /** Of amounts that no server tells munin says U, which is its word for unknown. */
    private void assertMuninShowsItsValues(MonitoredServers state) throws IOException {
        for (String graph : List.of("bytes", "counters", "rates")) {
            Path plugin = folder.resolve("memcached_" + graph);
            Files.createSymbolicLink(plugin, Path.of("/usr/share/munin/plugins/memcached_"));
            List<String> shown = munin(plugin, proxy);
            assertThat(shown)
                    .as(graph)
                    .isNotEmpty()
                    .allMatch(line -> NUMBER_OR_UNKNOWN.matcher(line).matches());
            assertThat(names(shown)).isEqualTo(names(munin(plugin, memcached)));
            if (state != MonitoredServers.ALL_DOWN) {
                assertThat(shown).noneMatch(line -> line.endsWith(" U"));
            }
        }
    }

    private static List<String> munin(Path plugin, ServerProgram server) {
        Map<String, String> environment = Map.of("host", "127.0.0.1", "port", String.valueOf(server.port()));
        Run run = Run.of(environment, LIMIT, List.of("perl", plugin.toString()));
        assertThat(run.err()).isEmpty();
        return run.orFail().lines().toList();
    }

    private static List<String> names(List<String> values) {
        return values.stream().map(line -> line.replaceFirst(" .*", "")).toList();
    }

    private void assertLibmemcachedsToolsEnd(MonitoredServers state) {
        String servers = "--servers=" + proxy.address();
        Run stat = tool("memcstat", servers);
        assertThat(stat.exitCode()).as(stat.err()).isZero();
        assertThat(stat.out()).containsOnlyOnce("Server: ").contains("\tcmd_set: " + ITEMS + '\n');
        assertThat(tool("memcping", servers).exitCode()).isZero();
        Run dump = tool("memcdump", servers);
        assertThat(dump.err()).contains("stats cachedump not supported by the proxy: ask the server directly");

        // each key is served, or its server is down and the tool says so
        for (String tool : List.of("memccat", "memcexist", "memctouch")) {
            int served = 0;
            for (int i = 0; i < ITEMS; i++) {
                served += tool(tool, servers, "key" + i).exitCode() == 0 ? 1 : 0;
            }
            assertThat(served)
                    .as(tool)
                    .isBetween(
                            state == MonitoredServers.ALL_UP ? ITEMS : 0,
                            state == MonitoredServers.ALL_DOWN ? 0 : ITEMS);
        }
    }

    private void assertCollectdShowsItsSeries(MonitoredServers state) throws Exception {
        TreeSet<String> ofMemcached = collectd("memcached", memcached);
        TreeSet<String> ofProxy = collectd("proxy", proxy);
        if (state == MonitoredServers.ALL_DOWN) {
            // amounts of the moment are unknown; what was counted is there
            assertThat(ofMemcached).containsAll(ofProxy);
            assertThat(ofProxy).contains("memcached_command-get", "memcached_command-set", "memcached_octets");
        } else {
            assertThat(ofProxy).isEqualTo(ofMemcached);
        }
    }

    /** Runs collectd until it has written what it reads of a server, and returns the names of the series. */
    private TreeSet<String> collectd(String name, ServerProgram server) throws Exception {
        Path home = Files.createDirectory(folder.resolve("collectd-" + name));
        Path config = Files.writeString(home.resolve("collectd.conf"), """
                Hostname "host"
                FQDNLookup false
                BaseDir "%s"
                PIDFile "%s/pid"
                PluginDir "/usr/lib/collectd"
                TypesDB "/usr/share/collectd/types.db"
                Interval 1
                LoadPlugin csv
                <Plugin csv>
                  DataDir "%s/csv"
                </Plugin>
                LoadPlugin memcached
                <Plugin memcached>
                  <Instance "seen">
                    Address "127.0.0.1"
                    Port "%d"
                  </Instance>
                </Plugin>
                """.formatted(home, home, home, server.port()));
        Process collectd = new ProcessBuilder("/usr/sbin/collectd", "-f", "-C", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile())
                .start();
        try {
            Path series = home.resolve("csv/host/memcached-seen");
            // all series of one look are written one after the other: the second look has begun when one has two values
            Awaitility.await("collectd has looked twice at " + name)
                    .atMost(LIMIT)
                    .until(() -> Files.exists(series) && hasTwoValues(series));
            try (Stream<Path> files = Files.list(series)) {
                return files.map(file -> file.getFileName().toString().replaceFirst("-[0-9]{4}-[0-9]{2}-[0-9]{2}$", ""))
                        .collect(TreeSet::new, TreeSet::add, TreeSet::addAll);
            }
        } finally {
            collectd.destroy();
            assertThat(collectd.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    private static boolean hasTwoValues(Path series) throws IOException {
        try (Stream<Path> files = Files.list(series)) {
            for (Path file : files.toList()) {
                if (Files.readAllLines(file).stream()
                                .filter(line -> !line.startsWith("epoch"))
                                .count()
                        >= 2) {
                    return true;
                }
            }
            return false;
        }
    }

    private static Run tool(String... command) {
        return Run.of(Map.of(), LIMIT, List.of(command));
    }

    /** @param lines  as {@code printf} has them */
    private static String ask(ServerProgram server, String lines) {
        return Run.of(
                        Map.of(),
                        LIMIT,
                        List.of("sh", "-c", "printf '" + lines + "quit\\r\\n' | nc -w 10 127.0.0.1 " + server.port()))
                .orFail();
    }
}
