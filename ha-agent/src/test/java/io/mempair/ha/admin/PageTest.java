package io.mempair.ha.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.admin.page.Series;
import io.mempair.ha.agent.NodeFacts;
import io.mempair.ha.election.Role;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.server.ProxyTotals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PageTest {

    private static final String NAMES = Arrays.stream(Series.values())
            .map(series -> '"' + series.label() + '"')
            .collect(Collectors.joining(",", "[\"at_ms\",", "]"));

    private final FakeNode node = new FakeNode();
    private final HandClock clock = new HandClock();
    private final Page page = new Page(node, clock);

    /** Stands still until it is moved. */
    private static final class HandClock implements Clock {

        private long nanos = 5_000_000_000L;

        void passes(long millis) {
            nanos += millis * 1_000_000;
        }

        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public long wallMillis() {
            return 1_700_000_000_000L + nanos / 1_000_000;
        }

        @Override
        public long hostMillis() {
            return nanos / 1_000_000;
        }

        @Override
        public void pause(Duration duration) {
            throw new AssertionError("the page never waits");
        }
    }

    private void sampleAfter(long millis, long gets) {
        clock.passes(millis);
        node.totals = new ProxyTotals(Map.of(ProxyMeter.COMMANDS_GET, gets), Map.of());
        page.sample();
    }

    @Test
    void samplesAreToldFromTheOneAskedFor() {
        node.status = FakeNode.status(Role.ACTIVE, true, true, "fit");
        sampleAfter(1_000, 10);
        sampleAfter(2_000, 13);

        String rest = ",0,0,0,0,0,0,0,0,0,0,0,3,null,null,null,null,0,1]";
        assertThat(page.samples(0))
                .isEqualTo(
                        "{\"now_ms\":1700000008000,\"at_ms\":8000,\"every_ms\":1000,\"first\":0,\"next\":2,\"names\":"
                                + NAMES + ",\"samples\":[[6000,10" + rest + ",[8000,1.5" + rest + "]}");
        assertThat(page.samples(1)).contains("\"first\":1,\"next\":2,").contains("\"samples\":[[8000,1.5,");
        assertThat(page.samples(2)).contains("\"first\":2,\"next\":2,").endsWith("\"samples\":[]}");
        assertThat(page.samples(99)).contains("\"first\":2,").endsWith("\"samples\":[]}");
        assertThat(page.samples(-5)).contains("\"first\":0,");
    }

    @Test
    void aLookAtTheSameMomentIsNoSample() {
        page.sample();

        assertThat(page.samples(0)).contains("\"next\":0,");
    }

    @Test
    void fifteenMinutesAreKept() {
        for (int i = 1; i <= 1_000; i++) {
            sampleAfter(1_000, i);
        }

        assertThat(page.samples(0)).contains("\"first\":100,\"next\":1000,").contains("[[106000,1,");
        assertThat(page.samples(0).length()).isLessThan(100_000);
    }

    @Test
    void whatNeverChangesIsToldOnce() {
        assertThat(page.about())
                .isEqualTo("{\"java_version\":\""
                        + System.getProperty("java.version")
                        + "\",\"interface\":\"eth0\",\"addresses\":[\"10.0.0.100/24\"]}");
        node.facts = NodeFacts.NONE;
        assertThat(page.about()).endsWith("\"interface\":\"\",\"addresses\":[]}");
    }

    @Test
    void theDocumentHasEveryCurve() throws IOException {
        String document = Files.readString(Path.of("..", "docs", "reference", "page.md"));

        assertThat(Series.values())
                .allSatisfy(series ->
                        assertThat(document).contains("| `" + series.label() + "` | " + series.meaning() + " |"));
    }
}
