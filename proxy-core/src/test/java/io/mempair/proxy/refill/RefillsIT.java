package io.mempair.proxy.refill;

import static io.mempair.proxy.refill.RefillingPair.fill;
import static io.mempair.proxy.refill.RefillingPair.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.backend.BufferedRequest;
import io.mempair.proxy.backend.BufferedRequest.ReplyListener;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.recovery.KeyListRefill;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.ServerLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 90, unit = TimeUnit.SECONDS)
@ExtendWith(NoLeaks.class)
class RefillsIT {

    private static final int KEYS = 500;

    private RefillingPair pair;
    private Refills refills;

    @BeforeEach
    void start() throws IOException {
        pair = new RefillingPair();
        refills = new Refills(pair.first.loop().context(), pair.first.order(), Copying.LIFETIME_SECONDS);
    }

    @AfterEach
    void stop() throws IOException {
        pair.close();
    }

    private boolean wanted(String key) {
        return wanted(Copying.key(key));
    }

    private boolean wanted(Key key) {
        return refills.wanted(key, pair.first.from(), pair.first.to());
    }

    private void awaitEnd() {
        Awaitility.await("end of the refill")
                .atMost(ServerLoop.PATIENCE)
                .until(() -> pair.first.loop().call(refills::pending) == 0);
    }

    private long count(ProxyMeter meter) {
        return pair.first.loop().context().counters().value(meter);
    }

    private static List<Key> keys(int count) {
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(Copying.key("k" + i));
        }
        return keys;
    }

    @Test
    void aKeyWantedManyTimesIsCopiedOnce() throws IOException {
        fill(pair.atSource, 2, "v");

        pair.first.loop().run(() -> {
            for (int i = 0; i < 100; i++) {
                assertThat(wanted("k" + i % 2)).isTrue();
            }
            assertThat(refills.pending()).isEqualTo(2);
        });
        awaitEnd();

        assertThat(value(pair.atTarget, "k0")).isEqualTo("v");
        assertThat(value(pair.atTarget, "k1")).isEqualTo("v");
        assertThat(count(ProxyMeter.REFILLS_DONE)).isEqualTo(2);
    }

    @Test
    void theBacklogIsBoundedAndEmptiesItself() {
        pair.first.loop().run(() -> {
            int taken = 0;
            while (wanted("k" + taken)) {
                taken++;
            }
            assertThat(taken).isEqualTo(Refills.MAX_BACKLOG + Refills.MAX_RUNNING);
            assertThat(refills.isFull()).isTrue();
        });
        awaitEnd();

        assertThat(pair.first.loop().call(refills::isBusy)).isFalse();
    }

    @Test
    void whatBelongsOnOtherServersMeanwhileIsNotCopied() throws IOException {
        fill(pair.atSource, 100, "v");

        pair.first.loop().run(() -> {
            for (int i = 0; i < 100; i++) {
                assertThat(wanted("k" + i)).isTrue();
            }
            refills.change((key, one, other) -> false, Copying.LIFETIME_SECONDS);
        });
        awaitEnd();

        assertThat(count(ProxyMeter.REFILLS_DONE)).as("begun before").isEqualTo(Refills.MAX_RUNNING);
        assertThat(value(pair.atTarget, "k99")).isNull();
    }

    @Test
    void aServerThatNeedsNoRefillGetsNone() throws IOException {
        fill(pair.atSource, 1, "v");
        pair.targetState
                .replica()
                .refill()
                .completed(pair.targetState.replica().refill().generation());

        pair.first.loop().run(() -> assertThat(wanted("k0")).isTrue());
        awaitEnd();

        assertThat(value(pair.atTarget, "k0")).isNull();
    }

    @Test
    void aListOfKeysBroughtBackEndsTheRefill() throws IOException {
        ReplicaState replica = pair.targetState.replica();
        replica.refill().completed(replica.refill().generation());
        keys(KEYS).forEach(replica::missed);
        assertThat(replica.missedWrites().nextToReplay(KEYS)).hasSize(KEYS);
        assertThat(replica.takeBack()).isTrue();
        fill(pair.atSource, KEYS, "v");
        CompletableFuture<Boolean> ended = new CompletableFuture<>();

        pair.first
                .loop()
                .run(() -> KeyListRefill.start(
                        pair.first.loop().context(),
                        refills,
                        keys(KEYS + 100),
                        key -> pair.first.from(),
                        pair.first::to,
                        pair.targetState.replica().refill().generation(),
                        ended::complete));

        assertThat(ServerLoop.await(ended)).isTrue();
        assertThat(pair.targetState.replica().status()).isEqualTo(ReplicaStatus.SERVING);
        for (int i = 0; i < KEYS; i++) {
            assertThat(value(pair.atTarget, "k" + i)).isEqualTo("v");
        }
    }

    @Test
    void aListOfKeysWhoseSourceIsGoneDoesNotEndTheRefill() throws IOException {
        pair.source.kill();
        CompletableFuture<Boolean> ended = new CompletableFuture<>();

        pair.first
                .loop()
                .run(() -> KeyListRefill.start(
                        pair.first.loop().context(),
                        refills,
                        keys(3),
                        key -> pair.first.from(),
                        pair.first::to,
                        pair.targetState.replica().refill().generation(),
                        ended::complete));

        assertThat(ServerLoop.await(ended)).isFalse();
        assertThat(pair.targetState.replica().status()).isEqualTo(ReplicaStatus.REFILLING);
    }

    /** Writes of another loop, in the order both loops keep, among the copies. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void writesOfAnotherLoopLeaveBothCopiesEqual(long seed) throws IOException {
        fill(pair.atSource, KEYS, "old");
        SplittableRandom random = new SplittableRandom(seed);
        AtomicInteger inFlight = new AtomicInteger();

        pair.first.loop().run(() -> keys(KEYS).forEach(this::wanted));
        for (int i = 0; i < KEYS; i++) {
            String key = "k" + random.nextInt(KEYS);
            String line = random.nextBoolean() ? "delete " + key : "set " + key + " 0 0 3\r\nnew";
            inFlight.addAndGet(1);
            pair.second.loop().run(() -> write(key, TextReplies.line(line), inFlight));
        }
        awaitEnd();
        Awaitility.await("answers to the writes").atMost(ServerLoop.PATIENCE).until(() -> inFlight.get() == 0);

        assertThat(count(ProxyMeter.REFILLS_BEATEN) + count(ProxyMeter.REFILLS_FAILED))
                .as("seed " + seed)
                .isZero();
        for (int i = 0; i < KEYS; i++) {
            assertThat(value(pair.atTarget, "k" + i)).as("seed " + seed).isEqualTo(value(pair.atSource, "k" + i));
        }
    }

    private void write(String key, byte[] line, AtomicInteger inFlight) {
        int stripe = Copying.key(key).stripe();
        pair.second.order().shared(stripe, () -> {
            AtomicInteger left = new AtomicInteger(2);
            for (ServerConnection server : List.of(pair.second.from(), pair.second.to())) {
                server.output().bytes(line);
                ReplyShape shape = line[0] == 's' ? ReplyShape.STORED : ReplyShape.DELETED;
                server.sent(new BufferedRequest(shape, new ReplyListener() {
                    @Override
                    public void answered(byte[] reply, ReplyLine meaning) {
                        if (left.decrementAndGet() == 0) {
                            pair.second.order().ended(stripe);
                            inFlight.decrementAndGet();
                        }
                    }

                    @Override
                    public void failed(ServerFailure failure) {
                        throw new AssertionError("a write failed");
                    }
                }));
            }
        });
    }

    /** Somebody beside the proxy, who deletes at the source first: what is at neither must not come back. */
    @Test
    void deletionsFromElsewhereAreNotUndone() throws IOException {
        try (RawClient otherSource = pair.source.client();
                RawClient otherTarget = pair.target.client()) {
            for (int round = 0; round < 20; round++) {
                fill(pair.atSource, 50, "old");
                pair.first.loop().run(() -> keys(50).forEach(this::wanted));
                for (int i = 49; i >= 0; i--) {
                    otherSource.ask("delete k" + i + "\r\n", "DELETED\r\n");
                    otherTarget.send("delete k" + i + "\r\n").line();
                }
                awaitEnd();
                for (int i = 0; i < 50; i++) {
                    assertThat(value(pair.atTarget, "k" + i))
                            .as("k" + i + " in round " + round)
                            .isIn(null, "");
                }
            }
        }
    }
}
