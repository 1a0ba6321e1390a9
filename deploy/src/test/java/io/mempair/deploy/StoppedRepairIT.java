package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The active node is stopped while it repairs a server, and wakes up when its peer has long repaired it and serves from it. */
@Timeout(240)
class StoppedRepairIT {

    private static final int KEYS = 2_000;
    private static final Duration AFTERWARDS = Duration.ofSeconds(4);
    private static final List<String> CANARY = List.of("mempair:canary");

    @RegisterExtension
    private final Lab lab = new Lab();

    private final List<String> keys =
            IntStream.range(0, KEYS).mapToObj(i -> "key-" + i).toList();

    private int found;

    @Test
    void aNodeThatWakesUpAsStandbyFlushesNoServer() throws Exception {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
        start("a");
        lab.until("a is active", () -> lab.isActive("a"));
        start("b");
        lab.until("b is standby", () -> lab.role("b").equals("standby"));
        stopInTheMiddleOfAFlush();

        lab.until("b serves", () -> lab.isActive("b"));
        lab.until("b has repaired the primary", () -> serves("b"));
        lab.until("all is written", this::writeAll);
        lab.lab("heal").orFail();

        await().pollDelay(AFTERWARDS).atMost(AFTERWARDS.multipliedBy(10)).until(() -> true);
        lab.until("every key was asked for", this::readAll);
        assertThat(found).as("keys of %d that clients find", KEYS).isEqualTo(KEYS);
        assertThat(lab.log("a", "node"))
                .contains("stays out reason=\"this node is no longer active, so it repairs no server\"");
    }

    /** All is copied back at once, so that the server serves on its own soon. */
    private void start(String node) {
        lab.writeConfig(
                node,
                Map.of(
                        "MEMPAIR_SERVERS", "10.77.0.21:11211",
                        "MEMPAIR_BACKUPS", "10.77.0.22:11211",
                        "MEMPAIR_TIMEOUT", "200ms"));
        lab.rewrite(node, text -> text.replace("proxy:\n", "proxy:\n  refill-rate: 100000\n"));
        lab.startMember(node, "node", "node", lab.config(node));
    }

    /** Between the canary and the flush the node waits for more than a second. */
    private void stopInTheMiddleOfAFlush() throws IOException {
        lab.lab("fault", "cut-m1").orFail();
        lab.until("the primary is out", () -> {
            lab.throughTheAddress("set probe 0 0 1", "x");
            return lab.http("a", "/status").contains("\"replica_status\":\"out\"");
        });
        assertThat(lab.throughTheAddress("flush_all")).contains("OK");
        lab.lab("heal").orFail();
        try (LabClient primary = lab.connect("c", Lab.ADDRESS.get("m1"), 11211)) {
            lab.until("the flush begins", () -> !primary.getAll(CANARY).isEmpty());
            lab.lab("fault", "stop-a").orFail();
            assertThat(primary.getAll(CANARY))
                    .as("the canary: a was stopped before it flushed")
                    .isNotEmpty();
        }
    }

    private LabClient client() {
        return lab.connect("c", Lab.VIP, 11211);
    }

    private boolean serves(String node) {
        String status = lab.http(node, "/status");
        return status.contains("\"replica_status\":\"serving\"")
                && !status.contains("\"replica_status\":\"out\"")
                && !status.contains("\"replica_status\":\"refilling\"");
    }

    /** On a busy machine the nodes may change their roles meanwhile: then once more. */
    private boolean writeAll() {
        try (LabClient client = client()) {
            return client
                    .askAll(keys.stream()
                            .map(key -> LabClient.storage("set", key, 0, 0, "value"))
                            .toList())
                    .stream()
                    .allMatch("STORED"::equals);
        } catch (IOException dropped) {
            return false;
        }
    }

    private boolean readAll() {
        try (LabClient client = client()) {
            int items = 0;
            for (int from = 0; from < KEYS; from += 100) {
                LabClient.Found answer = client.gets(keys.subList(from, from + 100));
                if (!answer.error().isEmpty()) {
                    return false;
                }
                items += answer.items().size();
            }
            found = items;
            return true;
        } catch (IOException dropped) {
            return false;
        }
    }
}
