package io.mempair.proxy.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.loop.Fence;
import io.mempair.proxy.refill.Copying;
import io.mempair.proxy.refill.ItemCopy.CopyOutcome;
import io.mempair.proxy.refill.Refills;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerIdentity;
import io.mempair.proxy.replication.Stripes;
import io.mempair.proxy.replication.WriteOrder;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.ScriptedServer;
import io.mempair.proxy.testkit.ServerLoop;
import io.mempair.proxy.testkit.Thrown;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A repair of a server, in which the right to repair ends at each step: nothing of it is sent after that. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@ExtendWith(NoLeaks.class)
class FencedRepairsTest {

    private static final int BATCH = 256;

    /** How the right to repair servers ends. */
    enum RepairEnd {
        LEASE_OVER,
        STEPS_DOWN,
        STEPPED_DOWN
    }

    private final ServerLoop loop = new ServerLoop();
    private final AtomicInteger repairs = new AtomicInteger();
    private WriteOrder order;

    @BeforeEach
    void makeOrder() {
        order = new WriteOrder(new Stripes((number, stripe) -> grant(stripe)), 0, Thrown::on);
    }

    private void grant(int stripe) {
        loop.context().eventLoop().execute(() -> order.granted(stripe));
    }

    @AfterEach
    void stop() {
        loop.close();
    }

    private void end(RepairEnd how) {
        Fence fence = loop.fence();
        switch (how) {
            case LEASE_OVER -> fence.lease(System.nanoTime() - 1);
            case STEPS_DOWN -> fence.drain();
            case STEPPED_DOWN -> fence.close(fence.drain());
        }
    }

    /** Carries everything out, and ends the right to repair before it answers the command of that number. */
    private ScriptedServer endingAt(int last, RepairEnd how, String stillThere) throws IOException {
        return ending(line -> repairs.incrementAndGet() == last, how, stillThere);
    }

    private ScriptedServer ending(Predicate<String> when, RepairEnd how, String stillThere) throws IOException {
        return ScriptedServer.playing((line, connection) -> {
            String[] words = line.split(" ");
            if (words[0].equals("set")) {
                connection.data(Integer.parseInt(words[4]));
            } else if (words[0].equals("ms")) {
                connection.data(Integer.parseInt(words[2]));
            }
            if (when.test(line)) {
                end(how);
            }
            connection.send(
                    switch (words[0]) {
                        case "set" -> "STORED\r\n";
                        case "flush_all" -> "OK\r\n";
                        case "delete" -> "DELETED\r\n";
                        case "get" -> stillThere;
                        case "ms" -> "HD c12\r\n";
                        case "mg" -> "VA 1 f0 t-1\r\nx\r\n";
                        case "lru_crawler" -> "key=a exp=-1 la=1 cas=1 fetch=no cls=1 size=61\nEND\r\n";
                        default -> "HD\r\n";
                    });
        });
    }

    private String purge(ServerConnection server) {
        CompletableFuture<String> ended = new CompletableFuture<>();
        loop.run(() -> JournalReplay.start(loop.context(), order, server, new JournalReplay.ReplayListener() {
            @Override
            public void done(int deletedKeys, boolean flushed) {
                ended.complete("done");
            }

            @Override
            public void failed(String reason) {
                ended.complete(reason);
            }
        }));
        return ServerLoop.await(ended);
    }

    /** What the server was sent, up to an answer that follows everything. */
    private List<String> allThatCame(ScriptedServer server, ServerConnection connection) {
        CompletableFuture<Void> answered = new CompletableFuture<>();
        loop.run(() -> {
            if (connection.usable()) {
                connection.whenAllAnswered(() -> answered.complete(null), () -> {});
            } else {
                answered.complete(null);
            }
        });
        ServerLoop.await(answered);
        return server.lines();
    }

    /** The canary is set, everything flushed, the canary looked for; and again, as long as it is still there. */
    @ParameterizedTest
    @CsvSource({
        "1, LEASE_OVER", "2, LEASE_OVER", "3, LEASE_OVER",
        "1, STEPS_DOWN", "2, STEPS_DOWN", "3, STEPS_DOWN",
        "1, STEPPED_DOWN", "2, STEPPED_DOWN", "3, STEPPED_DOWN"
    })
    void aFlushEndsAtEachOfItsSteps(int step, RepairEnd how) throws IOException {
        String stillThere = "VALUE mempair:canary 0 1\r\n1\r\nEND\r\n";
        try (ScriptedServer server = endingAt(step, how, stillThere)) {
            ServerConnection connection = loop.connect(server.address());
            ReplicaState replica = connection.state().replica();
            replica.missedEverything();

            assertThat(purge(connection)).isEqualTo("this node is no longer active, so it repairs no server");

            assertThat(allThatCame(server, connection)).hasSize(step);
            assertThat(replica.status()).isEqualTo(ReplicaStatus.OUT);
            assertThat(replica.missedWrites().journaledKeys())
                    .as("still to be flushed")
                    .isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, LEASE_OVER, 1", "256, LEASE_OVER, 1", "257, LEASE_OVER, 2",
        "1, STEPS_DOWN, 1", "300, STEPS_DOWN, 2", "513, STEPS_DOWN, 3",
        "1, STEPPED_DOWN, 1", "300, STEPPED_DOWN, 2"
    })
    void theDeletionsOfAPurgeEndWithTheBatchThatWasSent(int deletion, RepairEnd how, int batches) throws IOException {
        try (ScriptedServer server = endingAt(deletion, how, "END\r\n")) {
            ServerConnection connection = loop.connect(server.address());
            ReplicaState replica = connection.state().replica();
            for (int i = 0; i < 4 * BATCH; i++) {
                replica.missed(Copying.key("k" + i));
            }

            assertThat(purge(connection)).isEqualTo("this node is no longer active, so it repairs no server");

            assertThat(allThatCame(server, connection)).hasSize(batches * BATCH);
            assertThat(replica.status()).isEqualTo(ReplicaStatus.OUT);
            assertThat(replica.missedWrites().journaledKeys()
                            + replica.refill().lackingKeys().size())
                    .as("keys that are to be deleted, or copied back")
                    .isEqualTo(4 * BATCH);
        }
    }

    /** The mark at the target, the item at the source; what would follow is the item at the target. */
    @ParameterizedTest
    @CsvSource({
        "1, LEASE_OVER, 1, 0", "2, LEASE_OVER, 1, 1",
        "1, STEPS_DOWN, 1, 0", "2, STEPS_DOWN, 1, 1",
        "1, STEPPED_DOWN, 1, 0", "2, STEPPED_DOWN, 1, 1"
    })
    void theCopyOfARefillEndsAtEachOfItsSteps(int step, RepairEnd how, int atTarget, int atSource) throws IOException {
        try (ScriptedServer source = endingAt(step, how, "");
                ScriptedServer target = endingAt(step, how, "")) {
            ServerConnection from = loop.connect(source.address());
            ServerConnection to = loop.connect(target.address());

            assertThat(refill(from, to)).isEqualTo(CopyOutcome.FAILED);

            assertThat(allThatCame(target, to)).hasSize(atTarget);
            assertThat(allThatCame(source, from)).hasSize(atSource);
        }
    }

    private CopyOutcome refill(ServerConnection from, ServerConnection to) {
        ReplicaState replica = to.state().replica();
        replica.connected(new ServerIdentity(1, 1));
        replica.connected(new ServerIdentity(2, 2));
        assertThat(replica.status()).isEqualTo(ReplicaStatus.REFILLING);
        Refills refills = new Refills(loop.context(), order, Copying.LIFETIME_SECONDS);
        CompletableFuture<CopyOutcome> ended = new CompletableFuture<>();
        loop.run(() -> refills.wanted(Copying.key("k"), from, to, ended::complete));
        return ServerLoop.await(ended);
    }

    /** A client waits for that one. */
    @Test
    void aCopyForAClientIsBroughtToItsEndWhileThisProxyStepsDown() throws IOException {
        try (ScriptedServer source = endingAt(-1, RepairEnd.STEPS_DOWN, "");
                ScriptedServer target = endingAt(1, RepairEnd.STEPS_DOWN, "")) {
            CopyOutcome outcome =
                    Copying.copy(loop, loop.connect(source.address()), loop.connect(target.address()), "k");

            assertThat(outcome).isEqualTo(CopyOutcome.COPIED);
        }
    }

    /** The keys are named, and then none of them is copied; a list of keys comes to nothing in the same way. */
    @ParameterizedTest
    @EnumSource
    void aBulkCopyAndAListOfKeysEnd(RepairEnd how) throws IOException {
        try (ScriptedServer source = ending(line -> line.startsWith("lru_crawler"), how, "");
                ScriptedServer target = endingAt(-1, how, "")) {
            ServerConnection from = loop.connect(source.address());
            ServerConnection to = loop.connect(target.address());
            ReplicaState replica = to.state().replica();
            replica.connected(new ServerIdentity(1, 1));
            replica.connected(new ServerIdentity(2, 2));
            Refills refills = new Refills(loop.context(), order, Copying.LIFETIME_SECONDS);

            assertThat(copyAll(refills, from, to)).isFalse();
            assertThat(copyList(refills, from, to)).isFalse();

            assertThat(allThatCame(target, to)).isEmpty();
            assertThat(source.lines())
                    .filteredOn(line -> !line.equals("stats"))
                    .containsExactly("lru_crawler metadump hash");
            assertThat(replica.status()).isEqualTo(ReplicaStatus.REFILLING);
        }
    }

    private boolean copyAll(Refills refills, ServerConnection from, ServerConnection to) {
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        BulkCopyPlan plan = new BulkCopyPlan(List.of(from), to, (key, server) -> true, 1_000, Duration.ofSeconds(5));
        loop.run(() -> BulkCopier.start(loop.context(), order, loop.bootstrap(), refills, plan, ended::complete));
        return ServerLoop.await(ended);
    }

    private boolean copyList(Refills refills, ServerConnection from, ServerConnection to) {
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        List<Key> keys = new ArrayList<>(List.of(Copying.key("a"), Copying.key("b")));
        int generation = to.state().replica().refill().generation();
        loop.run(() ->
                KeyListRefill.start(loop.context(), refills, keys, key -> from, () -> to, generation, ended::complete));
        return ServerLoop.await(ended);
    }
}
