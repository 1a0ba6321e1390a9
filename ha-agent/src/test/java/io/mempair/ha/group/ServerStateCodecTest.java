package io.mempair.ha.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.ha.election.Message;
import io.mempair.ha.group.ServerStateMessage.StateAck;
import io.mempair.ha.group.ServerStateMessage.StateUpdate;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.LayoutKnowledge;
import io.mempair.proxy.replication.LayoutStage;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerIdentity;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.replication.ServerKnowledge.Known;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class ServerStateCodecTest {

    private static final StateUpdate TWO_SERVERS = new StateUpdate(
            "a",
            1L << 40,
            3,
            new ServerKnowledge(
                    17,
                    List.of(
                            new Known("m1:11211", false, ReplicaStatus.OUT, new ServerIdentity(4_711, 1_790_000_000)),
                            new Known(
                                    "[fd00::7]:11212",
                                    true,
                                    ReplicaStatus.REFILLING,
                                    new ServerIdentity(-1, Long.MIN_VALUE)))));

    private static final StateUpdate WITH_FLUSH = new StateUpdate(
            "a", 1L << 40, 3, new ServerKnowledge(17, TWO_SERVERS.knowledge().servers(), 8_000));

    private static final StateUpdate WITH_KEYS = withKeys(ServerKnowledge.NO_FLUSH);

    private static final String FORMER = "distribution MODULO\ntag \nskip-prefix \nserver m1:11211\n";
    private static final String NEXT = FORMER + "server m2:11211\n";

    private static final List<ServerStateMessage> MESSAGES = List.of(
            TWO_SERVERS,
            WITH_FLUSH,
            WITH_KEYS,
            withKeys(8_000),
            new StateUpdate("a", 1, 1, new ServerKnowledge(2, List.of(), 0)),
            new StateUpdate("a", 1, 1, new ServerKnowledge(2, List.of(), 1_000L << 32)),
            new StateUpdate("b".repeat(63), -1, Long.MAX_VALUE, new ServerKnowledge(Long.MAX_VALUE, List.of())),
            told(ServerStateCodec.MAX_SERVERS, "m:11211"),
            new StateUpdate(
                    "a",
                    0,
                    1,
                    new ServerKnowledge(
                            0, List.of(new Known("ü:1", true, ReplicaStatus.SERVING, ServerIdentity.UNKNOWN)))),
            placed(new LayoutKnowledge(FORMER, "", LayoutStage.SETTLED), ServerKnowledge.NO_FLUSH),
            placed(new LayoutKnowledge(FORMER, NEXT, LayoutStage.FILLING), ServerKnowledge.NO_FLUSH),
            placed(new LayoutKnowledge(FORMER, NEXT, LayoutStage.SWITCHING), 8_000),
            placed(new LayoutKnowledge(NEXT, FORMER, LayoutStage.KEEPING), ServerKnowledge.NO_FLUSH),
            placed(new LayoutKnowledge(NEXT, FORMER, LayoutStage.RETURNING), 0),
            placed(new LayoutKnowledge(FORMER, NEXT, LayoutStage.DROPPING), ServerKnowledge.NO_FLUSH),
            new StateAck("b", 8, -7, 3, 17),
            new StateAck("n-1.x_y", Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 0));

    private static StateUpdate placed(LayoutKnowledge layout, long flushInMillis) {
        return new StateUpdate(
                "a",
                1L << 40,
                3,
                new ServerKnowledge(17, TWO_SERVERS.knowledge().servers(), flushInMillis, layout));
    }

    private static StateUpdate withKeys(long flushInMillis) {
        List<Known> servers = TWO_SERVERS.knowledge().servers();
        List<Key> keys = List.of(key("a"), key("k".repeat(250)));
        return new StateUpdate(
                "a",
                1L << 40,
                3,
                new ServerKnowledge(17, List.of(servers.get(0), servers.get(1).withDiffering(keys)), flushInMillis));
    }

    private static Key key(String text) {
        return Key.of(text.getBytes(StandardCharsets.US_ASCII), 0, text.length());
    }

    private static StateUpdate told(int servers, String suffix) {
        return new StateUpdate(
                "a",
                1,
                1,
                new ServerKnowledge(
                        1,
                        IntStream.range(0, servers)
                                .mapToObj(i ->
                                        new Known(i + suffix, false, ReplicaStatus.SERVING, ServerIdentity.UNKNOWN))
                                .toList()));
    }

    private static Optional<ServerStateMessage> decode(byte[] bytes) {
        return ServerStateCodec.decode(bytes, 0, bytes.length);
    }

    @Test
    void everyMessageComesBackAsItWas() {
        for (ServerStateMessage message : MESSAGES) {
            assertThat(decode(ServerStateCodec.encode(message))).contains(message);
        }
    }

    /** Nobody may rely on a node that would place keys otherwise, so it does not acknowledge what it cannot read. */
    @Test
    void aLayoutOfALaterVersionIsNoMessage() {
        LayoutKnowledge later = LayoutKnowledge.settled("distribution RENDEZVOUS9\nserver m1:11211\n");
        assertThat(decode(ServerStateCodec.encode(placed(later, ServerKnowledge.NO_FLUSH))))
                .isEmpty();
    }

    @Test
    void layoutsThatDoNotFitAreRefused() {
        String large = "distribution MODULO\n" + "server a-server-with-a-name-of-some-length:11211\n".repeat(1_200);
        assertThatThrownBy(() -> ServerStateCodec.encode(
                        placed(new LayoutKnowledge(large, FORMER, LayoutStage.FILLING), ServerKnowledge.NO_FLUSH)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("layouts of");
    }

    @Test
    void aMessageInTheMiddleOfAnArrayIsFound() {
        byte[] bytes = ServerStateCodec.encode(TWO_SERVERS);
        byte[] larger = new byte[bytes.length + 7];
        System.arraycopy(bytes, 0, larger, 3, bytes.length);

        assertThat(ServerStateCodec.decode(larger, 3, bytes.length)).contains(TWO_SERVERS);
    }

    @Test
    void aMessageCutAnywhereOrWithAByteTooManyIsNone() {
        for (ServerStateMessage message : MESSAGES) {
            byte[] bytes = ServerStateCodec.encode(message);
            for (int length = 0; length < bytes.length; length++) {
                Optional<ServerStateMessage> cut = decode(Arrays.copyOf(bytes, length));
                int last = lastBytes(message);
                if (last > 0 && length == bytes.length - last) {
                    assertThat(cut).contains(withoutFlush(withoutKeys((StateUpdate) message)));
                } else if (hasFlush(message) && length == bytes.length - last + Long.BYTES) {
                    assertThat(cut).contains(withoutKeys((StateUpdate) message));
                } else {
                    assertThat(cut).as("%d", length).isEmpty();
                }
            }
            assertThat(decode(Arrays.copyOf(bytes, bytes.length + 1))).isEmpty();
        }
    }

    /** Bytes of the last fields, which a message need not have. */
    private static int lastBytes(ServerStateMessage message) {
        if (!(message instanceof StateUpdate told)) {
            return 0;
        }
        return ServerStateCodec.encode(told).length - ServerStateCodec.encode(withoutFlush(withoutKeys(told))).length;
    }

    private static StateUpdate withoutKeys(StateUpdate told) {
        ServerKnowledge knowledge = told.knowledge();
        List<Known> servers = knowledge.servers().stream()
                .map(server -> server.withDiffering(List.of()))
                .toList();
        return new StateUpdate(
                told.from(),
                told.incarnation(),
                told.epoch(),
                new ServerKnowledge(knowledge.version(), servers, knowledge.flushInMillis(), knowledge.layout()));
    }

    private static boolean hasFlush(ServerStateMessage message) {
        return message instanceof StateUpdate told && told.knowledge().flushInMillis() != ServerKnowledge.NO_FLUSH;
    }

    private static StateUpdate withoutFlush(StateUpdate told) {
        ServerKnowledge knowledge = told.knowledge();
        return new StateUpdate(
                told.from(), told.incarnation(), told.epoch(), knowledge.flushIn(ServerKnowledge.NO_FLUSH));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, -2, Long.MIN_VALUE, (1_000L << 32) + 1, Long.MAX_VALUE})
    void aFlushAtATimeThatCannotBeIsNotBelieved(long millis) {
        byte[] bytes = ServerStateCodec.encode(WITH_FLUSH);
        ByteBuffer.wrap(bytes).putLong(bytes.length - Long.BYTES, millis);

        assertThat(decode(bytes)).isEmpty();
    }

    /** Each heartbeat repeats them: what has no room is left out, and the message can be sent. */
    @Test
    void theKeysOfAMessageAreBounded() {
        List<Key> keys = IntStream.range(0, 1_000)
                .mapToObj(i -> key("key-" + i + "k".repeat(100)))
                .toList();
        StateUpdate full = told(ServerStateCodec.MAX_SERVERS, "m:11211");
        List<Known> servers = new ArrayList<>(full.knowledge().servers());
        servers.set(3, servers.get(3).withDiffering(keys));
        StateUpdate message = new StateUpdate("a", 1, 1, new ServerKnowledge(1, servers));

        StateUpdate decoded =
                (StateUpdate) decode(ServerStateCodec.encode(message)).orElseThrow();

        List<Key> told = decoded.knowledge().servers().get(3).differing();
        assertThat(told).isNotEmpty().isEqualTo(keys.subList(0, told.size())).hasSizeLessThan(100);
    }

    /** What a node of before there were flushes in it sends, and understands. */
    @Test
    void aMessageWithoutAFlushIsAsLongAsItEverWas() {
        assertThat(ServerStateCodec.encode(WITH_FLUSH))
                .hasSize(ServerStateCodec.encode(TWO_SERVERS).length + Long.BYTES);
    }

    /** A node of the pair that does not know these kinds must take them for nothing, and so the other way round. */
    @Test
    void theTwoCodecsDoNotTakeEachOthersMessages() {
        for (ServerStateMessage message : MESSAGES) {
            byte[] bytes = ServerStateCodec.encode(message);
            assertThat(MessageCodec.decode(bytes, 0, bytes.length)).isEmpty();
        }
        assertThat(decode(MessageCodec.encode(new Message.Resign("a", 1, 1, true, 1))))
                .isEmpty();
        assertThat(decode(MessageCodec.encode(new Message.Support("a", 1, 1, true, 1, 0))))
                .isEmpty();
    }

    @Test
    void aFieldThatCannotBeIsNotBelieved() {
        byte[] bytes = ServerStateCodec.encode(TWO_SERVERS);
        int count = 4 + 3 * 8;
        int addressLength = count + 2;
        int flags = addressLength + 2 + "m1:11211".length();
        for (int[] lie : new int[][] {
            {0, MessageFrame.VERSION + 1},
            {1, 6},
            {2, 0},
            {2, 200},
            {4 + 8, -1},
            {4 + 16, -1},
            {count, 2},
            {count + 1, 3},
            {count + 1, 1},
            {addressLength, 1},
            {addressLength + 1, 0},
            {addressLength + 2, ' '},
            {addressLength + 2, 0xC3},
            {flags, 2},
            {flags + 1, 3}
        }) {
            byte[] lying = bytes.clone();
            lying[lie[0]] = (byte) lie[1];
            assertThat(decode(lying)).as("byte %d = %d", lie[0], lie[1]).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {ServerStateCodec.MAX_SERVERS + 1, 65_536})
    void moreServersThanAreToldAreRefusedWhenSending(int servers) {
        assertThatThrownBy(() -> ServerStateCodec.encode(told(servers, "m")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(servers + " servers (expected: at most 512");
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 1_100, 70_000})
    void longerNamesThanFitAreRefusedWhenSending(int length) {
        assertThatThrownBy(() -> ServerStateCodec.encode(told(ServerStateCodec.MAX_SERVERS, "m".repeat(length))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no more than");
    }

    @Test
    void randomBytesNeitherThrowNorBecomeMoreThanFits() {
        long seed = 11;
        Random random = new Random(seed);
        byte[] good = ServerStateCodec.encode(TWO_SERVERS);
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = random.nextBoolean() ? good.clone() : new byte[random.nextInt(200)];
            if (bytes.length == good.length) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            } else {
                random.nextBytes(bytes);
            }
            decode(bytes)
                    .ifPresent(message -> assertThat(ServerStateCodec.encode(message))
                            .as("seed %d: %s", seed, Arrays.toString(bytes))
                            .isEqualTo(bytes));
        }
    }
}
