package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code mempair slow}, {@code top} and {@code tap} of a running proxy, as an operator uses them. */
@Timeout(240)
class RequestViewsIT {

    private static final String PROXY = Lab.ADDRESS.get("a");

    @RegisterExtension
    private final Lab lab = new Lab();

    private Run ask(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--config", lab.config("a").toString()));
        return Lab.mempair(all.toArray(String[]::new));
    }

    private static void signal(String name, Process program) {
        Run.of(Map.of(), Duration.ofSeconds(10), List.of("kill", "-" + name, String.valueOf(program.pid())))
                .orFail();
    }

    @Test
    void anOperatorSeesSlowRequestsHotKeysAndALiveView() throws Exception {
        List<Process> servers = new ArrayList<>();
        for (String host : List.of("m1", "m2")) {
            servers.add(lab.startMemcached(host, Lab.ADDRESS.get(host), 11211));
        }
        Files.writeString(lab.config("a"), """
                proxy: {servers: [10.77.0.21, 10.77.0.22], listen: ['10.77.0.11:11211']}
                admin: {http: '127.0.0.1:9411', control: %s}
                """.formatted(lab.shortLived().resolve("p.sock")));
        lab.start(
                "a",
                "proxy",
                Installation.mempair(),
                "proxy",
                "--config",
                lab.config("a").toString());
        lab.until(
                "the proxy serves", () -> lab.tcp("c", PROXY, 11211, "version").contains("VERSION"));
        assertThat(ask("slow").err()).contains("slow requests are not looked for (expected: log.slow in the file");

        lab.rewrite("a", text -> text + "log: {slow: 1ms, slow-keys: plain}\n");
        assertThat(lab.reload("a").orFail()).contains("log.slow: off -> 1ms").contains("log.slow-keys: hash -> plain");
        CompletableFuture<Run> tap = CompletableFuture.supplyAsync(() -> ask("tap", "--prefix", "seen", "--for", "8s"));
        CompletableFuture<Run> top = CompletableFuture.supplyAsync(() -> ask("top", "--for", "6s", "--json"));
        List<String> requests = new ArrayList<>(Collections.nCopies(300, LabClient.storage("set", "hot", 0, 0, "x")));
        requests.add(LabClient.storage("set", "seen", 0, 0, "x"));
        try (LabClient client = lab.connect("c", PROXY, 11211)) {
            while (!top.isDone()) {
                assertThat(client.askAll(requests)).containsOnly("STORED");
            }
        }

        assertThat(top.get().orFail()).contains("\"keys\":[{\"key\":\"hot\",\"server\":\"10.77.0.2");
        assertThat(tap.get().orFail().lines()).isNotEmpty().allMatch(line -> line.matches("[0-9:.]{12} set seen"));
        servers.forEach(server -> signal("STOP", server));
        assertThat(lab.tcp("c", PROXY, 11211, "get seen")).startsWith("SERVER_ERROR");
        servers.forEach(server -> signal("CONT", server));
        assertThat(ask("slow").out()).containsPattern("get +seen +10\\.77\\.0\\.2[12]:11211 +[0-9]{3,}\\.[0-9] ms");
        assertThat(lab.log("a", "proxy")).contains("event=slow_request command=get key=");
    }
}
