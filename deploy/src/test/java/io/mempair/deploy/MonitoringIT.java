package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What an operator watches a pair with: Prometheus' own programs read the metrics, the rules and every query of the dashboard. */
@Timeout(180)
class MonitoringIT {

    private static final Path PROMETHEUS = Path.of("prometheus").toAbsolutePath();

    private static final Pattern QUERY = Pattern.compile("\"expr\": (\"(?:[^\"\\\\]|\\\\.)*\")");

    private static final Pattern METRIC = Pattern.compile("(?<![:\\w])mempair_[a-z_]+");

    @RegisterExtension
    private final Lab lab = new Lab();

    @Test
    void promtoolFindsNoFaultInRulesOrInTheScrapeConfiguration() {
        assertThat(tool(
                                "check",
                                "rules",
                                PROMETHEUS.resolve("mempair-rules.yml").toString())
                        .exitCode())
                .isZero();
        Run rules = tool(
                "test", "rules", PROMETHEUS.resolve("mempair-rules-test.yml").toString());
        assertThat(rules.exitCode()).as(rules.out() + rules.err()).isZero();
        Run config = tool("check", "config", PROMETHEUS.resolve("scrape.yml").toString());
        assertThat(config.exitCode()).as(config.out() + config.err()).isZero();
    }

    @Test
    void everyQueryOfTheDashboardIsAnsweredByAPrometheusThatScrapedBothNodes(@TempDir Path folder) throws Exception {
        startPairWithCertificates();
        lab.throughTheAddress("set k 0 0 5", "hello", "get k", "get none");
        assertPageIsClean(folder);
        Path config = Files.writeString(folder.resolve("prometheus.yml"), """
                global: {scrape_interval: 1s}
                rule_files: ['%s']
                scrape_configs:
                  - job_name: mempair
                    static_configs:
                      - targets: ['%s:9411', '%s:9411']
                        labels: {pair: lab}
                """.formatted(
                        PROMETHEUS.resolve("mempair-rules.yml"), Lab.ADDRESS.get("a"), Lab.ADDRESS.get("b")));
        lab.start(
                "c",
                "prometheus",
                "prometheus",
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:9090");
        lab.until(
                "two scrapes of each node",
                () -> query("min(count_over_time(mempair_role[1m])) >= 2").contains("=>"));

        List<String> queries = QUERY.matcher(Files.readString(Path.of("grafana", "mempair.json")))
                .results()
                .map(match -> match.group(1).substring(1, match.group(1).length() - 1))
                .map(query -> query.replace("\\\"", "\"").replace("$pair", "lab"))
                .toList();

        assertThat(queries).hasSizeGreaterThan(15);
        lab.throughTheAddress("get k", "get none");
        assertThat(queries)
                .allSatisfy(query -> lab.until(query, () -> query(query).contains("=>")));
        assertThat(query("ALERTS{alertstate=\"firing\"}")).isBlank();
        assertThat(unknownMetrics())
                .as("metrics of rules and dashboard that no document knows")
                .isEmpty();
    }

    private void startPairWithCertificates() {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
        String certificates = lab.shortLived().toString();
        Lab.mempair("certs", certificates, "a", "b").orFail();
        for (String node : List.of("a", "b")) {
            lab.writeConfig(node, Map.of());
            lab.rewrite(
                    node,
                    file -> file.replace(
                            "group:\n",
                            "group:\n  tls-certificate: %s/%s.pem\n  tls-key: %s/%s-key.pem\n  tls-ca: %s/ca.pem\n"
                                    .formatted(certificates, node, certificates, node, certificates)));
            lab.startMember(node, "node", "node", lab.config(node));
        }
        lab.until(
                "a pair",
                () -> Stream.of("a", "b").map(lab::role).sorted().toList().equals(List.of("active", "standby")));
    }

    private void assertPageIsClean(Path folder) throws IOException, InterruptedException {
        String answer = lab.http("a", "/metrics");
        Path page = Files.writeString(folder.resolve("page"), answer.substring(answer.indexOf("\r\n\r\n") + 4));
        Process check = new ProcessBuilder("promtool", "check", "metrics")
                .redirectInput(page.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(check.getInputStream().readAllBytes());
        assertThat(check.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(check.exitValue()).as(said).isZero();
    }

    private static List<String> unknownMetrics() throws IOException {
        String known = Files.readString(Path.of("..", "docs", "reference", "metrics.md"));
        return List.of(
                        Files.readString(PROMETHEUS.resolve("mempair-rules.yml")),
                        Files.readString(Path.of("grafana", "mempair.json")))
                .stream()
                .flatMap(text -> METRIC.matcher(text).results().map(match -> match.group()))
                .map(name -> name.replaceFirst("_(bucket|sum|count)$", ""))
                .distinct()
                .filter(name -> !known.contains('`' + name + '`'))
                .toList();
    }

    private String query(String expression) {
        return lab.on("c", "promtool", "query", "instant", "http://127.0.0.1:9090", expression)
                .out();
    }

    private static Run tool(String... words) {
        String[] command = new String[words.length + 1];
        command[0] = "promtool";
        System.arraycopy(words, 0, command, 1, words.length);
        return Run.of(Map.of(), Duration.ofSeconds(60), List.of(command));
    }
}
