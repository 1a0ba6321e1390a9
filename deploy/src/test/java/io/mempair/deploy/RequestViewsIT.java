package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code mempair slow}, {@code top} and {@code tap} on a running node, as an operator uses them. */
@Timeout(240)
class RequestViewsIT {

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
        lab.startNode("a");
        lab.until("a is active", () -> lab.isActive("a"));
        assertThat(ask("slow").err()).contains("slow requests are not looked for (expected: log.slow in the file");

        lab.rewrite("a", text -> text + "log: {slow: 1ms, slow-keys: plain}\n");
        assertThat(lab.reload("a").orFail()).contains("log.slow: off -> 1ms").contains("log.slow-keys: hash -> plain");
        CompletableFuture<Run> tap = CompletableFuture.supplyAsync(() -> ask("tap", "--prefix", "seen", "--for", "8s"));
        CompletableFuture<Run> top = CompletableFuture.supplyAsync(() -> ask("top", "--for", "6s", "--json"));
        while (!top.isDone()) {
            lab.throughTheAddress("get seen" + " hot".repeat(60), "get" + " hot".repeat(60), "get" + " hot".repeat(60));
        }

        assertThat(top.get().orFail()).contains("\"keys\":[{\"key\":\"hot\",\"server\":\"10.77.0.2");
        assertThat(tap.get().orFail().lines()).isNotEmpty().allMatch(line -> line.matches("[0-9:.]{12} get seen"));
        servers.forEach(server -> signal("STOP", server));
        assertThat(lab.throughTheAddress("get seen")).startsWith("SERVER_ERROR");
        servers.forEach(server -> signal("CONT", server));
        assertThat(ask("slow").out()).containsPattern("get +seen +10\\.77\\.0\\.2[12]:11211 +[0-9]{3,}\\.[0-9] ms");
        assertThat(lab.log("a", "node")).contains("event=slow_request command=get key=");
    }
}
