package io.mempair.ha.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FeedTest {

    private static final long SECOND = 1_000_000_000;
    private static final long START = 77;

    private final Request request = new Request();

    @Test
    void eachConnectionHasItsOwnRequestsOfTheSchedule() {
        var feed = new OpenFeed(new RequestMix(10, 50, 1), 3, 10, START, SECOND);

        assertThat(feed.next(1, START + SECOND / 10 - 1, request)).as("not due").isFalse();
        assertThat(feed.next(1, START + SECOND / 10, request)).isTrue();
        assertThat(request.intendedNanos).isEqualTo(START + SECOND / 10);
        assertThat(feed.next(1, START + SECOND / 10, request)).isFalse();
        assertThat(feed.next(1, START + SECOND, request)).isTrue();
        assertThat(request.intendedNanos).as("as it was due").isEqualTo(START + SECOND * 4 / 10);
    }

    @Test
    void allThatIsDueInTheTimeIsAskedAndNoMore() {
        var feed = new OpenFeed(new RequestMix(10, 50, 1), 7, 1_000, START, SECOND);
        int asked = 0;
        for (int connection = 0; connection < 7; connection++) {
            while (feed.next(connection, START + 5 * SECOND, request)) {
                asked++;
            }
        }

        assertThat(asked).isEqualTo(1_000);
        assertThat(feed.has(999)).isTrue();
        assertThat(feed.has(1_000)).isFalse();
        assertThat(feed.dueNanos(500)).isEqualTo(START + SECOND / 2);
        assertThat(feed.connectionOf(15)).isOne();
    }

    @Test
    void theFillSetsEveryKeyOnce() {
        var feed = new FillFeed(3);
        for (int key = 0; key < 3; key++) {
            assertThat(feed.next(key, START, request)).isTrue();
            assertThat(request.set).isTrue();
            assertThat(request.key).isEqualTo(key);
        }
        assertThat(feed.next(0, START, request)).isFalse();
    }

    @Test
    void theMixHasTheShareAskedForAndTheSameSeedTheSameRequests() {
        var mix = new RequestMix(1_000, 90, 42);
        var same = new RequestMix(1_000, 90, 42);
        var again = new Request();
        int gets = 0;
        for (int i = 0; i < 10_000; i++) {
            mix.choose(request);
            same.choose(again);
            gets += request.set ? 0 : 1;
            assertThat(again.set).isEqualTo(request.set);
            assertThat(again.key).isEqualTo(request.key).isBetween(0, 999);
        }
        assertThat(gets).isBetween(8_800, 9_200);
    }

    @Test
    void requestsAreMemcachedsOwnText() {
        var writer = new RequestWriter(new Dataset(10, 5), 2);
        ByteBuf out = Unpooled.buffer();
        request.key = 9;
        writer.write(request, out);
        assertThat(text(out)).isEqualTo("get mempair-bench:5:00000009 mempair-bench:5:00000000\r\n");

        request.set = true;
        writer.write(request, out.clear());
        assertThat(text(out))
                .startsWith("set mempair-bench:5:00000009 9 86400 5\r\n")
                .endsWith("\r\n")
                .hasSize(47);
    }

    private static String text(ByteBuf bytes) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
