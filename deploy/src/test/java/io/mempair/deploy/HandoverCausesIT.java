package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Every planned change keeps the clients' connections, not only a switchover. */
@Tag("timed")
@Timeout(240)
class HandoverCausesIT {

    private static final int CLIENTS = 8;

    @RegisterExtension
    private final Lab lab = new Lab();

    private final HandoverPair pair = new HandoverPair(lab);

    @BeforeEach
    void startServers() {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
    }

    /** Each node is stopped in its turn, and comes back as a process of another build. */
    @Test
    void aRollingUpgradeOfBothNodesTakesNoConnectionWithIt(@TempDir Path folder) throws Exception {
        Process a = pair.start("a", "auto", UnaryOperator.identity());
        lab.until("a is active", () -> lab.isActive("a"));
        Process b = pair.start("b", "auto", UnaryOperator.identity());
        String upgraded = OtherBuild.mempair(folder);
        pair.untilReady();
        try (CountingClients clients = new CountingClients(lab, Lab.VIP, CLIENTS)) {
            stop("a", a, clients);
            assertThat(lab.isActive("b")).isTrue();
            comeBack("a", upgraded, clients);

            stop("b", b, clients);
            assertThat(lab.isActive("a")).isTrue();
            comeBack("b", upgraded, clients);

            pair.switchOver(clients, "a", 1);
        }
        assertThat(pair.counted("a", "moved")).isEqualTo((double) CLIENTS);
    }

    /** By SIGTERM, as systemd does it. */
    private void stop(String node, Process running, CountingClients clients) throws IOException {
        running.destroy();
        clients.countUntil(node + " is stopped", () -> !running.isAlive());
        assertThat(lab.log(node, "node")).contains(CLIENTS + " connections handed over, 0 not");
    }

    private void comeBack(String node, String build, CountingClients clients) throws IOException {
        lab.start(node, "node", build, "node", "--config", lab.config(node).toString());
        clients.countUntil(node + " comes back", () -> lab.role(node).equals("standby"));
        assertThat(lab.log(node, "node")).contains("mempair " + OtherBuild.VERSION + " node " + node);
        pair.untilReady();
    }

    @Test
    void aNodeThatIsTakenOutForMaintenanceHandsItsConnectionsOver() throws Exception {
        pair.start(UnaryOperator.identity());
        Path file = lab.config("a");
        try (CountingClients clients = new CountingClients(lab, Lab.VIP, CLIENTS)) {
            CompletableFuture<Run> standby =
                    CompletableFuture.supplyAsync(() -> Lab.mempair("standby", "--config", file.toString()));
            clients.countUntil("a goes into maintenance", () -> standby.isDone() && lab.isActive("b"));
            standby.get(10, TimeUnit.SECONDS).orFail();
            clients.count("b serves");
        }
        assertThat(pair.counted("a", "moved")).isEqualTo((double) CLIENTS);
    }

    @Test
    void aNodeThatPreemptsGetsTheConnectionsWithTheAddress() throws IOException {
        UnaryOperator<String> preempt =
                file -> file.replace("  profile:", "  preempt: true\n  preempt-delay: 3s\n  profile:");
        pair.start("b", "auto", preempt);
        lab.until("b is active", () -> lab.isActive("b"));
        try (CountingClients clients = new CountingClients(lab, Lab.VIP, CLIENTS)) {
            pair.start("a", "auto", preempt);
            clients.countUntil("a preempts", () -> lab.isActive("a"));
            clients.count("a serves");
        }
        assertThat(pair.counted("b", "moved")).isEqualTo((double) CLIENTS);
    }
}
