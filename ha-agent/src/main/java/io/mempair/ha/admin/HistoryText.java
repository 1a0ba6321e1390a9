package io.mempair.ha.admin;

import io.mempair.ha.admin.Table.TableRow;
import io.mempair.ha.admin.Table.Tone;
import io.mempair.ha.agent.NodeStatus.MemberKind;
import io.mempair.ha.history.HistoryRecord;
import io.mempair.ha.history.HistoryRecord.RecordKind;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The history as a table for people and as JSON for programs. Pure. */
final class HistoryText {

    /** As the log writes it. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT);

    private static final String ACTIVE = "active";

    private HistoryText() {}

    /** The last {@code limit} of them, the newest last. */
    static List<HistoryRecord> last(List<HistoryRecord> records, int limit) {
        return records.subList(Math.max(0, records.size() - limit), records.size());
    }

    static Table table(List<HistoryRecord> records, MemberKind kind, ZoneId zone) {
        if (records.isEmpty()) {
            return new Table(List.of(TableRow.of(Tone.PLAIN, nothing(kind))));
        }
        List<TableRow> rows = new ArrayList<>();
        rows.add(TableRow.of(Tone.HEADING, "time", "node", "what", "epoch", "nobody served", "took", "because"));
        for (HistoryRecord past : records) {
            boolean role = past.kind() == RecordKind.ROLE;
            rows.add(TableRow.of(
                    tone(past),
                    TIME.format(Instant.ofEpochMilli(past.atMillis()).atZone(zone)),
                    past.node(),
                    role ? past.from() + " -> " + past.to() : "reload " + past.to(),
                    role ? String.valueOf(past.epoch()) : "",
                    past.gapMillis() == HistoryRecord.NO_GAP ? "" : StatusText.seconds(past.gapMillis()),
                    role ? past.tookMillis() + " ms" : "",
                    past.text()));
        }
        return new Table(rows);
    }

    private static String nothing(MemberKind kind) {
        return kind == MemberKind.PROXY
                ? "nothing: a proxy alone has no role that could change, and keeps its reloads only until it ends"
                : "nothing has happened that is kept";
    }

    private static Tone tone(HistoryRecord past) {
        return switch (past.to()) {
            case ACTIVE -> Tone.GOOD;
            case "fault" -> Tone.BAD;
            case "refused" -> Tone.WARNING;
            default -> Tone.PLAIN;
        };
    }

    static String json(List<HistoryRecord> records) {
        JsonWriter json = new JsonWriter().beginObject().beginArray("history");
        for (HistoryRecord past : records) {
            json.beginObject()
                    .field("at_ms", past.atMillis())
                    .field("node", past.node())
                    .field("kind", StatusText.lower(past.kind()))
                    .field("from", past.from())
                    .field("to", past.to())
                    .field("epoch", past.epoch())
                    .field("cause", past.cause())
                    .field("reason", past.text())
                    .field("took_ms", past.tookMillis());
            if (past.gapMillis() == HistoryRecord.NO_GAP) {
                json.field("gap_ms", null);
            } else {
                json.field("gap_ms", past.gapMillis());
            }
            json.endObject();
        }
        return json.endArray().endObject().toString();
    }
}
