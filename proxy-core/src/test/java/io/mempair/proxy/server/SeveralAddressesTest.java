package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.backend.Backpressure;
import io.mempair.proxy.backend.ServerAccess;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.health.ReconnectPolicy;
import io.mempair.proxy.replication.PeerKnowledge;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.testkit.ScriptedServer;
import io.mempair.proxy.testkit.ServerLoop;
import io.mempair.proxy.testkit.TestTimeouts;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One name, two addresses, another process behind each, and a name server that rotates them. Two loops. */
@Timeout(60)
class SeveralAddressesTest {

    private static final int LOOPS = 2;

    private final AtomicInteger lookups = new AtomicInteger();
    private final List<ServerLoop> loops = new ArrayList<>();
    private final List<ServerConnection> connections = new ArrayList<>();
    private InetAddress firstAddress;
    private InetAddress secondAddress;
    private ScriptedServer first;
    private ScriptedServer second;
    private OffLoopResolver resolver;
    private ServerState state;

    @BeforeEach
    void start() throws Exception {
        firstAddress = InetAddress.getByName("127.0.0.1");
        secondAddress = InetAddress.getByName("127.0.0.2");
        first = ScriptedServer.playing((line, connection) -> {});
        second = ScriptedServer.at(secondAddress, first.address().port(), (line, connection) -> {});
        resolver = new OffLoopResolver(name -> lookups.getAndIncrement() % 2 == 0
                ? new InetAddress[] {firstAddress, secondAddress}
                : new InetAddress[] {secondAddress, firstAddress});
        state = state(first.address().port());
        for (int i = 0; i < LOOPS; i++) {
            ServerLoop loop = new ServerLoop();
            loops.add(loop);
            ServerConnection connection = connection(loop, state);
            connections.add(connection);
            loop.call(connection::start);
            awaitUsable(i);
        }
    }

    private static ServerState state(int port) {
        return new ServerState(
                new ServerAddress("cache", port),
                LOOPS,
                new ServerAccess(null, null),
                new ReplicaState("cache", new PeerKnowledge(), CopyPolicy.DEFAULT.journalBytes()),
                null);
    }

    private ServerConnection connection(ServerLoop loop, ServerState server) {
        return loop.call(() -> new ServerConnection(
                loop.context(),
                loop.bootstrap().resolver(resolver),
                server,
                TestTimeouts.PATIENT,
                new ReconnectPolicy(
                        TestTimeouts.PATIENT.retryMin(), TestTimeouts.PATIENT.retryMax(), new SplittableRandom(1)),
                new Backpressure(),
                null));
    }

    private void awaitUsable(int loop) {
        await().atMost(ServerLoop.PATIENCE)
                .until(() -> loops.get(loop).call(() -> connections.get(loop).usable()));
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = 0; i < LOOPS; i++) {
            loops.get(i).run(connections.get(i)::close);
            loops.get(i).close();
        }
        resolver.close();
        first.close();
        second.close();
    }

    @Test
    void allLoopsAreConnectedToTheSameProcessThoughTheNameRotates() {
        assertThat(first.connections()).isEqualTo(LOOPS);
        assertThat(second.connections()).isZero();
    }

    @Test
    void allLoopsGoToTheNextAddressWhenTheOneInUseDoesNotAnswer() throws Exception {
        first.close();

        await().atMost(ServerLoop.PATIENCE).until(() -> second.connections() >= LOOPS && state.up());
    }

    @Test
    void theFirstTryGoesThroughAllAddressesOfAName() throws Exception {
        first.close();
        resolver.close();
        resolver = new OffLoopResolver(name -> new InetAddress[] {firstAddress, secondAddress});
        ServerState fresh = state(second.address().port());

        ServerConnection connection = connection(loops.get(0), fresh);

        ServerLoop.await(loops.get(0).call(connection::start).toCompletableFuture());
        assertThat(loops.get(0).call(connection::usable)).isTrue();
        loops.get(0).run(connection::close);
    }
}
