package io.mempair.ha.admin;

import io.mempair.ha.admin.Table.TableRow;
import io.mempair.ha.admin.Table.Tone;
import io.mempair.proxy.inspect.HotKey;
import io.mempair.proxy.inspect.KeyText;
import io.mempair.proxy.inspect.SlowRequest;
import io.mempair.proxy.inspect.TopKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Slow requests and hot keys as tables for people and as JSON for programs. Pure. */
final class InspectionText {

    private InspectionText() {}

    static Table slow(List<SlowRequest> requests, Duration threshold, long nowNanos) {
        List<TableRow> rows = new ArrayList<>();
        rows.add(TableRow.of(Tone.HEADING, "ago", "command", "key", "server", "took", "before", "server", "order"));
        for (SlowRequest request : requests) {
            rows.add(TableRow.of(
                    Tone.PLAIN,
                    seconds(nowNanos - request.endedNanos()),
                    request.command().label(),
                    request.key(),
                    request.server().isEmpty() ? "-" : request.server(),
                    millis(request.totalNanos()),
                    millis(request.beforeNanos()),
                    millis(request.serverNanos()),
                    millis(request.orderNanos())));
        }
        if (requests.isEmpty()) {
            return new Table(
                    List.of(TableRow.of(Tone.PLAIN, "no request took " + threshold.toMillis() + " ms or more")));
        }
        return new Table(rows);
    }

    static String slowJson(List<SlowRequest> requests, Duration threshold, long nowNanos) {
        JsonWriter json = new JsonWriter()
                .beginObject()
                .field("threshold_ms", threshold.toMillis())
                .beginArray("slow");
        for (SlowRequest request : requests) {
            json.beginObject()
                    .field("ago_ms", (nowNanos - request.endedNanos()) / 1_000_000)
                    .field("command", request.command().label())
                    .field("key", request.key())
                    .field("server", request.server().isEmpty() ? null : request.server())
                    .field("took_us", request.totalNanos() / 1_000)
                    .field("before_us", request.beforeNanos() / 1_000)
                    .field("server_us", request.serverNanos() / 1_000)
                    .field("order_us", request.orderNanos() / 1_000)
                    .endObject();
        }
        return json.endArray().endObject().toString();
    }

    /** What it is made of, and the keys. */
    static List<Table> top(TopKeys top) {
        String over = String.format(Locale.ROOT, "in %.1f s", top.tookNanos() / 1e9);
        if (top.keys().isEmpty()) {
            return List.of(new Table(List.of(TableRow.of(Tone.PLAIN, "no request of a client " + over))));
        }
        List<TableRow> rows = new ArrayList<>();
        rows.add(TableRow.of(Tone.HEADING, "requests/s", "share", "at least", "server", "key"));
        for (TopKeys.ServedKey served : top.keys()) {
            HotKey key = served.key();
            rows.add(TableRow.of(
                    Tone.PLAIN,
                    String.valueOf(perSecond(key.count(), top.tookNanos())),
                    percent(key.count(), top.counted()),
                    percent(key.count() - key.error(), top.counted()),
                    served.server(),
                    KeyText.plain(key.key(), 0, key.key().length)));
        }
        String requests = top.counted() == 1 ? "1 request " : "about " + top.counted() + " requests ";
        return List.of(new Table(List.of(TableRow.of(Tone.PLAIN, requests + over))), new Table(rows));
    }

    static String topJson(TopKeys top) {
        JsonWriter json = new JsonWriter()
                .beginObject()
                .field("requests", top.counted())
                .field("took_ms", top.tookNanos() / 1_000_000)
                .beginArray("keys");
        for (TopKeys.ServedKey served : top.keys()) {
            HotKey key = served.key();
            json.beginObject()
                    .field("key", KeyText.plain(key.key(), 0, key.key().length))
                    .field("server", served.server())
                    .field("requests_per_second", perSecond(key.count(), top.tookNanos()))
                    .field("count", key.count())
                    .field("error", key.error())
                    .endObject();
        }
        return json.endArray().endObject().toString();
    }

    private static long perSecond(long counted, long tookNanos) {
        return tookNanos == 0 ? 0 : Math.round(counted / (tookNanos / 1e9));
    }

    private static String percent(long part, long whole) {
        return whole == 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }

    private static String seconds(long nanos) {
        return nanos / 1_000_000_000 + " s";
    }
}
