package io.mempair.proxy.refill;

import static io.mempair.proxy.refill.Copying.copy;
import static io.mempair.proxy.refill.Copying.overwrite;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.refill.ItemCopy.CopyOutcome;
import io.mempair.proxy.replication.RefillLease;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.ServerLoop;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
@ExtendWith(NoLeaks.class)
class ItemCopyIT {

    private static final String MARK = "ms k 0 T5 F" + RefillLease.FLAGS + "\r\n\r\n";

    private final ServerLoop loop = new ServerLoop();
    private Memcached source;
    private Memcached target;
    private RawClient atSource;
    private RawClient atTarget;
    private ServerConnection from;
    private ServerConnection to;

    @BeforeEach
    void start() throws IOException {
        source = Memcached.started();
        target = Memcached.started();
        atSource = source.client();
        atTarget = target.client();
        from = loop.connect(source.address());
        to = loop.connect(target.address());
    }

    @AfterEach
    void stop() throws IOException {
        loop.close();
        atSource.close();
        atTarget.close();
        source.close();
        target.close();
    }

    private static void tell(RawClient client, String request, String answer) throws IOException {
        assertThat(client.ask(request, answer)).isEqualTo(answer);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "4294967295, 0", "7, 100", "7, 2592000"})
    void anItemIsCopiedWithItsFlagsAndItsLifetime(long flags, int seconds) throws IOException {
        tell(atSource, "set k " + flags + " " + seconds + " 5\r\na\r\nbc\r\n", "STORED\r\n");

        assertThat(copy(loop, from, to, "k")).isEqualTo(CopyOutcome.COPIED);

        String[] line = lineOf("mg k f s t v\r\n");
        assertThat(line).startsWith("VA", "5", "f" + flags, "s5");
        assertThat(atTarget.receive(7)).isEqualTo("a\r\nbc\r\n");
        if (seconds == 0) {
            assertThat(line[4]).isEqualTo("t-1");
        } else {
            assertThat(Long.parseLong(line[4].substring(1))).isBetween(seconds - 10L, (long) seconds);
        }
    }

    private String[] lineOf(String request) throws IOException {
        return atTarget.send(request).line().split(" ");
    }

    @Test
    void aLifetimeOverThirtyDaysIsKeptWhereTheTargetsClockIsKnown() throws IOException {
        long days40 = 40L * 24 * 60 * 60;
        long now = Instant.now().getEpochSecond();
        tell(atSource, "set k 0 " + (now + days40) + " 1\r\nx\r\n", "STORED\r\n");
        to.state().clock().shows(now, loop.context().clockNanos());

        assertThat(copy(loop, from, to, "k")).isEqualTo(CopyOutcome.COPIED);

        assertThat(Long.parseLong(lineOf("mg k t\r\n")[1].substring(1))).isBetween(days40 - 10, days40 + 10);
    }

    @Test
    void aLifetimeOverThirtyDaysIsCutWhereTheTargetsClockIsNotKnown() throws IOException {
        long now = Instant.now().getEpochSecond();
        tell(atSource, "set k 0 " + (now + 3_456_000) + " 1\r\nx\r\n", "STORED\r\n");
        ServerState silent = ServerLoop.state(target.address());
        silent.twin(false);

        assertThat(copy(loop, from, loop.connect(silent, ServerTimeouts.DEFAULT), "k"))
                .isEqualTo(CopyOutcome.COPIED);

        assertThat(Long.parseLong(lineOf("mg k t\r\n")[1].substring(1))).isBetween(2_591_900L, 2_591_999L);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2_047, 2_048, 65_536, 1_000_000})
    void valuesOfAllSizesAreCopiedWhole(int bytes) throws IOException {
        String value = "0123456789".repeat(bytes / 10 + 1).substring(0, bytes);
        tell(atSource, "set k 9 0 " + bytes + "\r\n" + value + "\r\n", "STORED\r\n");

        assertThat(copy(loop, from, to, "k")).isEqualTo(CopyOutcome.COPIED);

        tell(atTarget, "get k\r\n", "VALUE k 9 " + bytes + "\r\n" + value + "\r\nEND\r\n");
    }

    @Test
    void whatTheTargetHasStays() throws IOException {
        tell(atSource, "set k 0 0 3\r\nold\r\n", "STORED\r\n");
        tell(atTarget, "set k 0 0 3\r\nnew\r\n", "STORED\r\n");

        assertThat(copy(loop, from, to, "k")).isEqualTo(CopyOutcome.PRESENT);

        tell(atTarget, "get k\r\n", "VALUE k 0 3\r\nnew\r\nEND\r\n");
    }

    @Test
    void whatTheTargetHasIsReplacedIfItIsToBe() throws IOException {
        tell(atSource, "set k 0 0 3\r\nnew\r\n", "STORED\r\n");
        tell(atTarget, "set k 0 0 3\r\nold\r\n", "STORED\r\n");

        assertThat(overwrite(loop, from, to, "k")).isEqualTo(CopyOutcome.COPIED);
        assertThat(overwrite(loop, from, to, "missing")).isEqualTo(CopyOutcome.ABSENT);

        tell(atTarget, "get k\r\n", "VALUE k 0 3\r\nnew\r\nEND\r\n");
    }

    /** What a client wrote to the target between the look and the store is newer than what was read. */
    @Test
    void whatTheTargetGetsMeanwhileStays() throws IOException {
        tell(atSource, "set k 0 0 3\r\nnew\r\n", "STORED\r\n");
        tell(atTarget, "set k 0 0 3\r\nold\r\n", "STORED\r\n");
        ServerTimeouts usual = ServerTimeouts.DEFAULT;
        ServerConnection patient = loop.connect(
                ServerLoop.state(source.address()),
                new ServerTimeouts(
                        usual.connect(), ServerLoop.PATIENCE, usual.probe(), usual.retryMin(), usual.retryMax()));
        source.freeze();
        CompletableFuture<CopyOutcome> copied = Copying.begin(loop, patient, to, "k", true);
        await().atMost(ServerLoop.PATIENCE).until(() -> loop.call(patient::inFlight) == 1);

        tell(atTarget, "set k 0 0 5\r\nnewer\r\n", "STORED\r\n");
        source.thaw();

        assertThat(ServerLoop.await(copied)).isEqualTo(CopyOutcome.BEATEN);
        tell(atTarget, "get k\r\n", "VALUE k 0 5\r\nnewer\r\nEND\r\n");
    }

    @Test
    void whatTheSourceLacksIsAtNeitherAfterwards() throws IOException {
        tell(atTarget, "set k 0 0 3\r\nold\r\n", "STORED\r\n");

        assertThat(copy(loop, from, to, "missing")).isEqualTo(CopyOutcome.ABSENT);
        assertThat(overwrite(loop, from, to, "k")).isEqualTo(CopyOutcome.ABSENT);

        tell(atTarget, "mg k v f\r\nmg missing v f\r\n", "EN\r\nEN\r\n");
    }

    @Test
    void theMarkOfOneWhoIsGoneIsNotInTheWay() throws IOException {
        tell(atSource, "set k 0 0 3\r\nnew\r\n", "STORED\r\n");
        tell(atTarget, MARK, "HD\r\n");

        assertThat(copy(loop, from, to, "k")).isEqualTo(CopyOutcome.COPIED);

        tell(atTarget, "get k\r\n", "VALUE k 0 3\r\nnew\r\nEND\r\n");
    }

    @Test
    void aMarkIsNoItem() throws IOException {
        tell(atSource, MARK, "HD\r\n");

        assertThat(copy(loop, from, to, "k")).isEqualTo(CopyOutcome.ABSENT);

        tell(atTarget, "mg k v f\r\n", "EN\r\n");
    }

    @Test
    void aStaleItemDoesNotBecomeFresh() throws IOException {
        tell(atSource, "set k 0 0 3\r\nold\r\nmd k I T30\r\n", "STORED\r\nHD\r\n");

        assertThat(copy(loop, from, to, "k")).isEqualTo(CopyOutcome.ABSENT);

        tell(atTarget, "mg k v f\r\n", "EN\r\n");
    }

    @ParameterizedTest
    @CsvSource({"k, k, ''", "a b, YSBi, ' b'"})
    void theRightToMakeAStaleItemAnewIsLeftToAClient(String key, String token, String encoded) throws IOException {
        tell(
                atSource,
                "ms " + token + " 3" + encoded + "\r\nold\r\nmd " + token + encoded + " I T30\r\n",
                "HD\r\nHD\r\n");

        assertThat(copy(loop, from, to, key)).isEqualTo(CopyOutcome.ABSENT);
        CompletableFuture<Void> answered = new CompletableFuture<>();
        loop.run(() -> from.whenAllOver(() -> answered.complete(null)));
        ServerLoop.await(answered);

        assertThat(atSource.send("mg " + token + encoded + " v\r\n").line()).isEqualTo("VA 3 X W");
    }

    /** It would be a hit with nothing in it, for whoever asks without knowing of stubs. */
    @Test
    void theStubOfAnItemThatAClientIsMakingIsNotCopied() throws IOException {
        tell(atSource, "mg k N30 v\r\n", "VA 0 W\r\n\r\n");

        assertThat(copy(loop, from, to, "k")).isEqualTo(CopyOutcome.ABSENT);
        assertThat(overwrite(loop, from, to, "k")).isEqualTo(CopyOutcome.ABSENT);

        tell(atTarget, "mg k v f\r\n", "EN\r\n");
    }

    @Test
    void anEmptyItemIsCopied() throws IOException {
        tell(atSource, "set k 3 0 0\r\n\r\n", "STORED\r\n");

        assertThat(copy(loop, from, to, "k")).isEqualTo(CopyOutcome.COPIED);

        tell(atTarget, "mg k v f\r\n", "VA 0 f3\r\n\r\n");
    }

    @Test
    void aCopyLeavesTheItemsPlaceAmongThoseLastUsed() throws IOException {
        tell(atSource, "set k 0 0 1\r\nx\r\n", "STORED\r\n");

        assertThat(copy(loop, from, to, "k")).isEqualTo(CopyOutcome.COPIED);

        tell(atSource, "mg k h\r\n", "HD h0\r\n");
    }

    @Test
    void keysThatEndALineAreSaidInBase64() throws IOException {
        tell(atSource, "ms YSBi 3 b F8\r\nnew\r\n", "HD\r\n");
        tell(atTarget, "ms YSBi 3 b F8\r\nold\r\n", "HD\r\n");

        assertThat(overwrite(loop, from, to, "a b")).isEqualTo(CopyOutcome.COPIED);
        assertThat(copy(loop, from, to, "a b")).isEqualTo(CopyOutcome.PRESENT);

        tell(atTarget, "mg YSBi b v f\r\n", "VA 3 f8\r\nnew\r\n");
    }

    @Test
    void aKeyThatCannotBeSaidIsNotCopied() {
        String longKey = "a ".repeat(100);

        assertThat(copy(loop, from, to, longKey)).isEqualTo(CopyOutcome.FAILED);
        assertThat(overwrite(loop, from, to, longKey)).isEqualTo(CopyOutcome.FAILED);
    }

    @Test
    void aTargetThatTakesNoItemsOfThatSizeKeepsNothing() throws IOException {
        try (Memcached large = Memcached.started("-I", "4m");
                RawClient atLarge = large.client()) {
            ServerConnection fromLarge = loop.connect(large.address());
            String value = "x".repeat(2_000_000);
            tell(atLarge, "set k 0 0 2000000\r\n" + value + "\r\n", "STORED\r\n");

            assertThat(copy(loop, fromLarge, to, "k")).isEqualTo(CopyOutcome.CANNOT);

            tell(atTarget, "mg k v f\r\n", "EN\r\n");
            assertThat(loop.call(to::usable)).isTrue();
        }
    }

    @Test
    void anItemThatEndsNowIsCopiedAsThatOrNotAtAll() throws IOException {
        tell(atSource, "set k 0 1 3\r\nold\r\n", "STORED\r\n");

        CopyOutcome outcome = copy(loop, from, to, "k");

        assertThat(outcome).isIn(CopyOutcome.COPIED, CopyOutcome.ABSENT);
        assertThat(lineOf("mg k t\r\n"))
                .isIn(new String[] {"HD", "t1"}, new String[] {"HD", "t0"}, new String[] {"EN"});
    }

    @Test
    void aServerThatIsOutIsNeitherSourceNorTarget() throws IOException {
        tell(atSource, "set k 0 0 3\r\nold\r\n", "STORED\r\n");
        from.state().replica().missed(Copying.key("other"));

        assertThat(copy(loop, from, to, "k")).isEqualTo(CopyOutcome.FAILED);
        assertThat(copy(loop, to, from, "k")).isEqualTo(CopyOutcome.FAILED);
        assertThat(overwrite(loop, to, from, "k")).isEqualTo(CopyOutcome.FAILED);

        tell(atTarget, "mg k v f\r\n", "EN\r\n");
    }
}
