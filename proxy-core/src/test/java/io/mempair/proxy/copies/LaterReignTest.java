package io.mempair.proxy.copies;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.script.VirtualClient;
import io.mempair.proxy.testkit.script.VirtualProxy;
import io.mempair.proxy.testkit.script.VirtualServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A node steps down while a write waits, and soon serves again. In between another node may have served, and its state of the
 * servers counts. What the write of the earlier reign would still send belongs to nobody.
 */
@ExtendWith(NoLeaks.class)
class LaterReignTest {

    private static final Duration PAST_THE_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration LATE = Duration.ofSeconds(3);

    private static VirtualProxy withRefillingBackup() {
        VirtualProxy proxy = new VirtualProxy(VirtualProxy.VirtualSetup.pair("1.6.31"));
        proxy.restartedBefore(proxy.backup());
        return proxy.start();
    }

    /** No time passes: the loop sees both at once. */
    private static void beginAnotherReign(VirtualProxy proxy) {
        List<VirtualServer> servers = List.of(proxy.primary(), proxy.backup());
        proxy.fence().close(proxy.fence().drain());
        proxy.context().cutOff();
        servers.forEach(server -> proxy.replica(server).standDown());
        for (VirtualServer server : servers) {
            ReplicaState replica = proxy.replica(server);
            replica.learn(ReplicaStatus.SERVING, replica.identity(), List.of());
            replica.takeOver();
        }
        proxy.fence().open();
    }

    private static List<String> sentOf(VirtualServer server, String key) {
        return server.heard().stream().filter(line -> line.contains(' ' + key)).toList();
    }

    /** The last copy did not confirm the write, so the other copy is to be deleted once the peers know that it lacks the key. */
    @Test
    void aCopyIsNotDeletedForAWriteOfAnEarlierReign() {
        try (VirtualProxy proxy = new VirtualProxy(VirtualProxy.VirtualSetup.pair("1.6.31")).start()) {
            proxy.replica(proxy.backup()).refill().lacks(List.of(VirtualProxy.key("other")));
            proxy.peers().onChange(() -> {});
            VirtualClient client = proxy.client();
            proxy.primary().automatic(VirtualServer::isHandshake);
            client.send("set k 0 0 3\r\nnew\r\n");
            proxy.pass(PAST_THE_TIMEOUT);
            assertThat(sentOf(proxy.backup(), "k")).hasSize(1);

            proxy.primary().automatic(line -> true);
            beginAnotherReign(proxy);
            proxy.peers().knownTo(proxy.peers().version());
            proxy.pass(LATE);

            assertThat(sentOf(proxy.backup(), "k")).hasSize(1);
            assertThat(client.received()).startsWith("SERVER_ERROR ");
            proxy.requireRest();
        }
    }

    /** It would replace what a client has written since. */
    @ParameterizedTest
    @ValueSource(
            strings = {"set k 0 0 3\r\nnew\r\n", "delete k\r\n", "append k 0 0 1\r\n!\r\n", "gat 9 k\r\n", "get k\r\n"})
    void aRequestThatWaitsForTheLastCopyIsNotSentInALaterReign(String request) {
        try (VirtualProxy proxy = withRefillingBackup()) {
            VirtualClient client = proxy.client();
            proxy.primary().automatic(VirtualServer::isHandshake);
            proxy.replica(proxy.primary()).doubted();
            client.send(request);
            proxy.pass(Duration.ofMillis(1));
            int before = sentOf(proxy.backup(), "k").size();
            assertThat(client.received()).isEmpty();

            beginAnotherReign(proxy);
            proxy.primary().automatic(line -> true);
            proxy.pass(LATE);

            assertThat(sentOf(proxy.primary(), "k")).isEmpty();
            assertThat(sentOf(proxy.backup(), "k")).hasSize(before);
            assertThat(client.received()).startsWith("SERVER_ERROR ");
            proxy.requireRest();
        }
    }

    /** Another node may have repaired the server since, and clients may have stored there. */
    @ParameterizedTest
    @ValueSource(ints = {40, 500, 1_000})
    void aServerIsNotFlushedForARepairOfAnEarlierReign(int millis) {
        try (VirtualProxy proxy = new VirtualProxy(VirtualProxy.VirtualSetup.pair("1.6.31")).start()) {
            proxy.replica(proxy.primary()).missedEverything();
            proxy.recover();
            proxy.pass(Duration.ofMillis(millis));
            assertThat(sentOf(proxy.primary(), "mempair:canary")).isNotEmpty();

            beginAnotherReign(proxy);
            proxy.pass(LATE);

            assertThat(proxy.primary().heard()).doesNotContain("flush_all");
            assertThat(proxy.replica(proxy.primary()).status()).isEqualTo(ReplicaStatus.SERVING);
            proxy.requireRest();
        }
    }
}
