package io.mempair.ha.admin;

import io.mempair.ha.admin.page.SampleRing;
import io.mempair.ha.admin.page.Samples;
import io.mempair.ha.admin.page.Series;
import io.mempair.ha.admin.page.Totals;
import io.mempair.ha.agent.Node;
import io.mempair.ha.agent.NodeFacts;
import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.server.ProxyHealth;

/**
 * What the page at {@code /} is fed with besides the status: and the history: samples of the last 15 minutes, and what never
 * changes. docs/reference/page.md says what each answer looks like. On the loop of the admin face only.
 */
final class Page {

    /** Between two samples. */
    static final long SAMPLE_MILLIS = 1_000;

    /** Fifteen minutes of them: about 150 kB. */
    private static final int SAMPLES = 900;

    private final Node node;
    private final Clock clock;
    private final SampleRing ring = new SampleRing(SAMPLES);
    private Totals before;

    Page(Node node, Clock clock) {
        this.node = node;
        this.clock = clock;
        this.before = totals();
    }

    private Totals totals() {
        return Totals.of(clock.nanoTime(), node.totals(), node.latencies());
    }

    /** Takes a sample. */
    void sample() {
        Totals now = totals();
        if (now.atNanos() == before.atNanos()) {
            return;
        }
        NodeStatus status = node.status();
        ProxyHealth proxy = status.proxy();
        long down = proxy.servers().stream().filter(server -> !server.up()).count();
        ring.add(millis(now), Samples.between(before, now, proxy.clients(), (int) down, status.serves()));
        before = now;
    }

    private static long millis(Totals at) {
        return at.atNanos() / 1_000_000;
    }

    /** The samples from number {@code since} on, as far as they are kept. */
    String samples(long since) {
        long from = Math.min(ring.next(), Math.max(since, ring.first()));
        JsonWriter json = new JsonWriter()
                .beginObject()
                .field("now_ms", clock.wallMillis())
                .field("at_ms", clock.nanoTime() / 1_000_000)
                .field("every_ms", SAMPLE_MILLIS)
                .field("first", from)
                .field("next", ring.next())
                .beginArray("names");
        json.element("at_ms");
        for (Series series : Series.values()) {
            json.element(series.label());
        }
        json.endArray().beginArray("samples");
        for (long number = from; number < ring.next(); number++) {
            json.beginArray().element((double) ring.atMillis(number));
            for (double value : ring.row(number)) {
                json.element(value);
            }
            json.endArray();
        }
        return json.endArray().endObject().toString();
    }

    /** What does not change while the node runs. */
    String about() {
        NodeFacts facts = node.facts();
        JsonWriter json = new JsonWriter()
                .beginObject()
                .field("java_version", System.getProperty("java.version"))
                .field("interface", facts.interfaceName())
                .beginArray("addresses");
        facts.addresses().forEach(json::element);
        return json.endArray().endObject().toString();
    }
}
