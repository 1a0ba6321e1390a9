package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code mempair bench} against real memcached, alone and behind the proxy. */
@Timeout(180)
class BenchIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @RegisterExtension
    static final ProxiedServers SERVERS = new ProxiedServers();

    @Test
    void everyReplyOfMemcachedIsRight() {
        String json =
                bench(SERVERS.memcached(), "--connections", "5", "--depth", "8", "--multi-get", "20", "--gets", "80");

        assertThat(json).contains("\"good\":true", "\"wrong\":0", "\"misses\":0", "\"lost_connections\":0");
    }

    @Test
    void everyReplyOfTheProxyIsRight() {
        // values in many pieces, and keys of several servers in one get
        String json = bench(SERVERS.spread(), "--value-size", "100k", "--keys", "100", "--multi-get", "3");

        assertThat(json).contains("\"good\":true", "\"wrong\":0", "\"misses\":0");
    }

    @Test
    void anOpenLoopAsksAsOftenAsItShallAndTellsItsIntervalsAndTheCpuOfAProcess() {
        long self = ProcessHandle.current().pid();

        String lines = bench(SERVERS.copied(), "--rate", "1000", "--every", "0.25", "--pid", String.valueOf(self));

        assertThat(lines.lines()).hasSize(5);
        assertThat(lines.lines().limit(4)).allMatch(line -> line.startsWith("{\"interval_end_ms\":"));
        assertThat(lines)
                .contains("\"good\":true,\"took_ms\":1000,\"requests\":1000,\"requests_per_second\":1000,")
                .contains("\"process_cpu_ns_per_request\":");
    }

    @Test
    void peopleGetText() {
        Run run = run(SERVERS.memcached(), "--seconds", "0.2", "--warm-up", "0");

        assertThat(run.orFail())
                .containsPattern("^\\d+ requests/s \\(\\d+ in 0.2 s\\)\nlatency us: p50 \\d+, p90 ")
                .endsWith("wrong 0, misses 0, errors 0, unanswered 0, lost connections 0 with 0 requests\n");
        assertThat(run.err()).isEmpty();
    }

    private static String bench(ServerProgram server, String... options) {
        return run(
                        server,
                        Stream.concat(Stream.of("--json", "--seconds", "1", "--warm-up", "0"), Stream.of(options))
                                .toArray(String[]::new))
                .orFail();
    }

    private static Run run(ServerProgram server, String... options) {
        return Run.of(
                Installation.QUICK,
                LIMIT,
                Stream.concat(
                                Stream.of(
                                        Path.of("bin/mempair").toAbsolutePath().toString(), "bench", server.address()),
                                Stream.of(options))
                        .toList());
    }
}
