package io.mempair.ha.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Time is what the test says it is. */
@Timeout(20)
class ConversationTest {

    private static final long MILLI = 1_000_000;

    /** The origin of a monotonic clock is arbitrary, and it may run over. */
    private static final long START = Math.subtractExact(Long.MAX_VALUE, 5 * MILLI);

    private final Dataset dataset = new Dataset(10, 20);
    private final RequestMix gets = new RequestMix(10, 100, 1);
    private final RequestMix sets = new RequestMix(10, 0, 1);

    @Test
    void inAnOpenLoopAStallIsInTheLatencyOfEveryRequestThatWasDueMeanwhile() {
        var tally = new Tally(true);
        tally.window(START, START + 100 * MILLI);
        // one a millisecond, one in flight at most
        var feed = new OpenFeed(sets, 1, 1_000, START, 100 * MILLI);
        Conversation conversation = conversation(Configs.rate(1, 1, 1_000), tally, feed, 1);

        assertThat(ask(conversation, START)).isOne();
        assertThat(ask(conversation, START + 50 * MILLI)).as("no room").isZero();
        // the server wakes after 99 ms and answers at once from then on
        int answered = 0;
        long now = START + 99 * MILLI;
        do {
            answered++;
            assertThat(conversation.read(stored(), now)).isEmpty();
        } while (ask(conversation, now) > 0);

        assertThat(answered).isEqualTo(100);
        Latencies latencies = tally.latencies();
        assertThat(latencies.requests()).isEqualTo(100);
        assertThat(latencies.maxNanos()).isBetween(98 * MILLI, 100 * MILLI);
        assertThat(latencies.p50Nanos())
                .as("half waited longer than half the stall")
                .isBetween(48 * MILLI, 51 * MILLI);
    }

    @Test
    void inAClosedLoopTheSameStallIsInOneRequest() {
        var tally = new Tally(false);
        tally.window(START, START + 100 * MILLI);
        var feed = new ClosedFeed(sets, START + 100 * MILLI);
        Conversation conversation = conversation(Configs.gets(1, 1, 1, 1), tally, feed, 1);

        ask(conversation, START);
        conversation.read(stored(), START + 99 * MILLI);

        assertThat(tally.latencies().requests()).isOne();
        assertThat(tally.latencies().p50Nanos()).isGreaterThan(98 * MILLI);
    }

    @Test
    void whatWasDueAndNeverSentIsUnansweredWithTheTimeItWaited() {
        var tally = new Tally(true);
        tally.window(START, START + 10 * MILLI);
        var feed = new OpenFeed(gets, 1, 1_000, START, 10 * MILLI);
        Conversation conversation = conversation(Configs.rate(1, 1, 1_000), tally, feed, 1);
        ask(conversation, START);

        conversation.abandon(START + 1_000 * MILLI);

        assertThat(tally.faults().unanswered()).isEqualTo(10);
        assertThat(tally.latencies().requests()).isEqualTo(10);
        assertThat(tally.latencies().p50Nanos()).isGreaterThan(990 * MILLI);
        assertThat(tally.faults().none()).isFalse();
    }

    @Test
    void depthIsTheMostInFlight() {
        var feed = new ClosedFeed(sets, START + MILLI);
        Conversation conversation = conversation(Configs.gets(1, 1, 4, 1), new Tally(false), feed, 4);

        assertThat(ask(conversation, START)).isEqualTo(4);
        assertThat(ask(conversation, START)).isZero();
        conversation.read(stored(), START);
        assertThat(ask(conversation, START)).isOne();
        assertThat(ask(conversation, START + MILLI)).as("the end").isZero();
    }

    @Test
    void aMissIsCountedAndAnErrorIsNoMiss() {
        var tally = new Tally(false);
        Conversation conversation =
                conversation(Configs.gets(1, 1, 2, 3), tally, new ClosedFeed(gets, START + MILLI), 2);
        ask(conversation, START);

        conversation.read(text("END\r\nSERVER_ERROR no server\r\n"), START);

        assertThat(tally.faults().misses()).isEqualTo(3);
        assertThat(tally.faults().errors()).isOne();
        assertThat(conversation.isIdle()).isTrue();
    }

    @Test
    void aReplyNobodyAskedForIsWrong() {
        var tally = new Tally(false);
        Conversation conversation = conversation(Configs.gets(1, 1, 1, 1), tally, new ClosedFeed(gets, START), 1);

        assertThat(conversation.read(text("END\r\n"), START)).isEqualTo("a reply without a request");
        assertThat(tally.faults().wrong()).isOne();
    }

    @Test
    void afterALossTheNextReplyBeginsAnew() {
        var tally = new Tally(false);
        Conversation conversation =
                conversation(Configs.gets(1, 1, 2, 1), tally, new ClosedFeed(sets, START + MILLI), 2);
        ask(conversation, START);
        conversation.read(text("STO"), START);

        conversation.lost("gone");

        assertThat(tally.faults().lostRequests()).isEqualTo(2);
        assertThat(tally.faults().lostConnections()).isOne();
        assertThat(ask(conversation, START)).isEqualTo(2);
        assertThat(conversation.read(stored(), START)).isEmpty();
        assertThat(tally.faults().none()).isTrue();
    }

    @Test
    void theOldestInFlightTellsWhetherItIsLate() {
        Conversation conversation =
                conversation(Configs.gets(1, 1, 2, 1), new Tally(false), new ClosedFeed(sets, START + 9 * MILLI), 1);
        assertThat(conversation.isLate(START + 100 * MILLI, MILLI))
                .as("nothing asked")
                .isFalse();
        ask(conversation, START);
        conversation.follow(new ClosedFeed(sets, START + 9 * MILLI), 2);
        ask(conversation, START + 2 * MILLI);

        assertThat(conversation.isLate(START + MILLI, MILLI)).isFalse();
        assertThat(conversation.isLate(START + 2 * MILLI, MILLI)).isTrue();
        conversation.read(stored(), START + 2 * MILLI);
        assertThat(conversation.isLate(START + 2 * MILLI, MILLI)).isFalse();
    }

    private Conversation conversation(BenchConfig config, Tally tally, Feed feed, int depth) {
        var writer = new RequestWriter(dataset, config.keysPerGet());
        var conversation = new Conversation(0, config, dataset, writer, tally, feed);
        conversation.follow(feed, depth);
        return conversation;
    }

    private static int ask(Conversation conversation, long nowNanos) {
        int asked = 0;
        while (conversation.take(nowNanos)) {
            conversation.write(Unpooled.buffer(), nowNanos);
            asked++;
        }
        return asked;
    }

    private static ByteBuf stored() {
        return text("STORED\r\n");
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }
}
