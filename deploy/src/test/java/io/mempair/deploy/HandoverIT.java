package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A pair that hands its clients' connections over at a switchover, and what becomes of it when it cannot. */
@Timeout(240)
class HandoverIT {

    private static final int CLIENTS = 12;
    private static final int SWITCHOVERS = 6;
    private static final int PORT = 11_211;

    @RegisterExtension
    private final Lab lab = new Lab();

    @BeforeEach
    void startServers() {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
    }

    private void startNode(String node, String handover) {
        lab.writeConfig(node, Map.of());
        lab.rewrite(node, file -> file.replace("  profile:", "  handover: " + handover + "\n  profile:"));
        lab.startMember(node, "node", "node", lab.config(node));
    }

    private void startPair(String handoverOfB) {
        startNode("a", "auto");
        lab.until("a is active", () -> lab.isActive("a"));
        startNode("b", handoverOfB);
        lab.until("b is standby", () -> lab.role("b").equals("standby"));
    }

    private static String other(String node) {
        return node.equals("a") ? "b" : "a";
    }

    private List<LabClient> connected() throws IOException {
        List<LabClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            LabClient client = lab.connect("c", Lab.VIP, PORT);
            clients.add(client);
            assertThat(client.ask(LabClient.storage("set", "n" + i, 0, 0, "0"))).isEqualTo("STORED");
        }
        return clients;
    }

    /** Each connection lives through all of it, and each {@code incr} is counted once: its answer says so. */
    @Test
    void switchoversBackAndForthKeepEveryConnectionAndCountEachRequestOnce() throws Exception {
        startPair("auto");
        List<LabClient> clients = connected();
        int count = 0;
        String active = "a";
        for (int i = 0; i < SWITCHOVERS; i++) {
            String from = active;
            CompletableFuture<Run> switchover = CompletableFuture.supplyAsync(() -> lab.switchover(from));
            boolean last = false;
            while (!last) {
                last = switchover.isDone(); // once more afterwards
                count++;
                for (int c = 0; c < clients.size(); c++) {
                    assertThat(clients.get(c).ask("incr n" + c + " 1\r\n"))
                            .as("client %d, switchover %d", c, i)
                            .isEqualTo(String.valueOf(count));
                }
            }
            assertThat(switchover.get(10, TimeUnit.SECONDS).orFail()).contains("is active");
            active = other(active);
            assertThat(lab.isActive(active)).isTrue();
            assertThat(lab.holdsAddress(from)).isFalse();
        }
        for (LabClient client : clients) {
            client.close();
        }
        assertThat(lab.http("a", "/metrics"))
                .contains(
                        "mempair_handover_connections_total{result=\"moved\"} " + (double) (CLIENTS * SWITCHOVERS / 2));
    }

    @Test
    void aPeerThatDoesNotTakeConnectionsMakesItAPlainSwitchover() throws IOException {
        startPair("off");
        List<LabClient> clients = connected();

        assertThat(lab.switchover("a").orFail()).contains("b is active");

        assertThat(lab.log("a", "node")).contains("connections are not handed over: group.handover is off there");
        try (LabClient again = lab.connect("c", Lab.VIP, PORT)) {
            assertThat(again.ask("incr n0 1\r\n")).isEqualTo("1");
        }
        for (LabClient client : clients) {
            client.close();
        }
    }

    /** Wherever the silence is noticed, the switchover is refused or taken back. */
    @Test
    void aPeerThatFallsSilentMakesASwitchoverThatLosesNoConnection() throws IOException {
        startPair("auto");
        List<LabClient> clients = connected();

        lab.lab("fault", "stop-b").orFail();
        lab.switchover("a");

        lab.until("a is active", () -> lab.isActive("a"));
        for (int c = 0; c < clients.size(); c++) {
            assertThat(clients.get(c).ask("incr n" + c + " 1\r\n")).isEqualTo("1");
            clients.get(c).close();
        }
        lab.lab("heal").orFail();
    }
}
