package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import io.mempair.proxy.testkit.TestTimeouts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two loops that each lose another server never wait for each other. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class LockedReplicasTest {

    private static Key key(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        return Key.of(bytes, 0, bytes.length);
    }

    /** The other loop is in the middle of its change, so the state of its server is locked. */
    @Test
    void theLossOfAServerIsToldWithoutTheLockOfAnother() throws Exception {
        try (ScriptedServer one = ScriptedServer.playing((line, connection) -> connection.send("ERROR\r\n"));
                ScriptedServer two = ScriptedServer.playing((line, connection) -> connection.send("ERROR\r\n"));
                RunningProxy proxy = RunningProxy.over(new PoolConfig(
                        List.of(one.address()), List.of(two.address()), Distribution.MODULO, TestTimeouts.PATIENT))) {
            CompletableFuture<Void> told = new CompletableFuture<>();
            proxy.server().onKnowledge(() -> told.complete(null));
            ReplicaState primary = ProxyInternals.replica(proxy, 0);
            ReplicaState backup = ProxyInternals.replica(proxy, 1);
            synchronized (backup) {
                CompletableFuture<Void> lost = CompletableFuture.runAsync(() -> primary.missed(key("k")));
                lost.get(30, TimeUnit.SECONDS);
            }
            assertThat(told).isDone();
        }
    }
}
