package io.mempair.proxy.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.server.ProxyHealth.ServerStatus;
import io.mempair.proxy.server.ProxyInternals;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** One process under two addresses, one in each tier: no check of the configuration can see that. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class SameProcessIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String SAME_SELF = "STAT pid 1\r\nSTAT uptime 5\r\nSTAT time 1800000005\r\nEND\r\n";

    private static Memcached memcached;
    private static ServerAddress byName;

    @BeforeAll
    static void start() throws IOException {
        memcached = Memcached.started();
        byName = new ServerAddress("localhost", memcached.address().port());
    }

    @AfterAll
    static void stop() {
        memcached.close();
    }

    private static void assertEachWriteIsDoneOnce(RunningProxy proxy, String key) throws IOException {
        try (RawClient client = proxy.client();
                RawClient second = proxy.client()) {
            for (RawClient one : List.of(client, second)) {
                assertThat(one.ask("set " + key + " 0 0 1\r\n1\r\n", "STORED\r\n"))
                        .isEqualTo("STORED\r\n");
                assertThat(one.ask("incr " + key + " 1\r\n", "2\r\n")).isEqualTo("2\r\n");
                assertThat(one.ask("append " + key + " 0 0 1\r\nb\r\n", "STORED\r\n"))
                        .isEqualTo("STORED\r\n");
                String stored = "VALUE " + key + " 0 2\r\n2b\r\nEND\r\n";
                assertThat(one.ask("get " + key + "\r\n", stored)).isEqualTo(stored);
            }
        }
    }

    @Test
    void keysHaveOneCopyWhereTheBackupIsTheSameProcess() throws Exception {
        try (RunningProxy proxy = RunningProxy.withBackups(List.of(memcached.address()), List.of(byName))) {
            assertEachWriteIsDoneOnce(proxy, "start");

            assertThat(proxy.server().health().servers())
                    .extracting(ServerStatus::up)
                    .containsExactly(true, false);
            assertThat(ProxyInternals.state(proxy, 1).lastFailure())
                    .hasValue("it is the same process as " + memcached.address()
                            + ": keys of both have one copy, on that one");
        }
    }

    @Test
    void aBackupTierThatAReloadBringsIsLookedAtBeforeItIsUsed() throws Exception {
        try (RunningProxy proxy = RunningProxy.inFrontOf(memcached.address())) {
            proxy.reload(List.of(memcached.address()), List.of(byName));

            assertEachWriteIsDoneOnce(proxy, "reload");
            assertThat(proxy.server().health().servers())
                    .extracting(ServerStatus::up)
                    .containsExactly(true, false);
        }
    }

    @Test
    void theBackupIsUsedWhenItIsAProcessOfItsOwnAgain() throws Exception {
        try (Memcached other = Memcached.started();
                RunningProxy proxy = RunningProxy.withBackups(List.of(memcached.address()), List.of(byName))) {
            proxy.reload(List.of(memcached.address()), List.of(other.address()));

            await().atMost(PATIENCE)
                    .until(() -> proxy.server().health().servers().stream().allMatch(ServerStatus::up));
        }
    }

    /** Containers that begin together: process 1 in each, in the same second. */
    @Test
    void twoProcessesThatSayTheSameOfThemselvesAreBothUsed() throws Exception {
        try (ScriptedServer one = container();
                ScriptedServer two = container();
                RunningProxy proxy = RunningProxy.withBackups(List.of(one.address()), List.of(two.address()));
                RawClient client = proxy.client()) {
            assertThat(proxy.server().health().servers()).allMatch(ServerStatus::up);
            assertThat(client.ask("delete k\r\n", "DELETED\r\n")).isEqualTo("DELETED\r\n");
            assertThat(one.lines()).contains("delete k");
            assertThat(two.lines()).contains("delete k");
            assertThat(one.lines().size() + two.lines().size())
                    .as("they were looked at")
                    .isGreaterThan(2);
        }
    }

    private static ScriptedServer container() throws IOException {
        return ScriptedServer.playing((line, connection) -> {
                    if (line.startsWith("set ")) {
                        connection.data(1);
                        connection.send("STORED\r\n");
                    } else {
                        connection.send(line.startsWith("get ") ? "END\r\n" : "DELETED\r\n");
                    }
                })
                .sayingOfItself(SAME_SELF);
    }
}
