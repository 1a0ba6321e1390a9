package io.mempair.ha.locate;

import io.mempair.ha.admin.JsonWriter;
import io.mempair.ha.admin.Table;
import io.mempair.ha.admin.Table.TableRow;
import io.mempair.ha.admin.Table.Tone;
import io.mempair.ha.locate.CopyState.AbsentCopy;
import io.mempair.ha.locate.CopyState.PresentCopy;
import io.mempair.ha.locate.CopyState.UnknownCopy;
import io.mempair.ha.locate.LocatedKey.Agreement;
import io.mempair.proxy.inspect.KeyText;
import io.mempair.proxy.replication.Key;
import java.util.ArrayList;
import java.util.List;

/** Located keys for people and for programs. Pure. */
public final class LocateText {

    private static final String NONE = "-";

    private LocateText() {}

    /** A row for each copy, and the sentences of those keys whose copies are not alike. */
    public static List<Table> tables(List<LocatedKey> keys) {
        List<TableRow> rows = new ArrayList<>();
        rows.add(new TableRow(
                Tone.HEADING, List.of("key", "copy", "server", "name", "state", "bytes", "flags", "left", "")));
        List<TableRow> sentences = new ArrayList<>();
        for (LocatedKey key : keys) {
            key.copies().forEach(copy -> rows.add(row(key, copy)));
            String sentence = sentence(key);
            if (!sentence.isEmpty()) {
                sentences.add(new TableRow(Tone.WARNING, List.of(text(key.key()) + ": " + sentence)));
            }
        }
        return List.of(new Table(rows), new Table(sentences));
    }

    private static TableRow row(LocatedKey key, KeyCopy copy) {
        List<String> cells = new ArrayList<>(List.of(
                text(key.key()),
                copy.tier().word(),
                copy.server().toString(),
                copy.name().isEmpty() ? NONE : copy.name()));
        CopyState state = copy.state();
        if (state instanceof PresentCopy item) {
            cells.addAll(List.of(
                    "present",
                    String.valueOf(item.valueBytes()),
                    Long.toUnsignedString(item.flags()),
                    item.secondsLeft() == CopyState.ENDLESS ? "endless" : item.secondsLeft() + " s",
                    item.stale() ? "marked stale" : ""));
        } else {
            cells.addAll(List.of(state instanceof AbsentCopy ? "absent" : "unknown", NONE, NONE, NONE, remark(state)));
        }
        return new TableRow(tone(key, state), cells);
    }

    private static Tone tone(LocatedKey key, CopyState state) {
        if (state instanceof UnknownCopy) {
            return Tone.BAD;
        }
        return key.agreement() == Agreement.DIFFERENT ? Tone.WARNING : Tone.PLAIN;
    }

    private static String remark(CopyState state) {
        if (state instanceof AbsentCopy absent) {
            return absent.remark();
        }
        return state instanceof UnknownCopy unknown ? unknown.reason() : "";
    }

    private static String sentence(LocatedKey key) {
        return switch (key.agreement()) {
            case ALIKE -> "";
            case ABSENT -> key.copies().size() == 1 ? "its server does not have it" : "no server has it";
            case DIFFERENT -> "the copies differ: " + String.join(", ", key.differences());
            case UNKNOWN -> "a server that should have it could not be asked";
        };
    }

    /** One line of JSON. */
    public static String json(List<LocatedKey> keys) {
        JsonWriter json = new JsonWriter().beginObject().beginArray("keys");
        for (LocatedKey key : keys) {
            json.beginObject()
                    .field("key", text(key.key()))
                    .field("copies_are", key.agreement().word())
                    .beginArray("differ_in");
            key.differences().forEach(json::element);
            json.endArray().beginArray("copies");
            key.copies().forEach(copy -> json(json, copy));
            json.endArray().endObject();
        }
        return json.endArray().endObject().toString();
    }

    private static void json(JsonWriter json, KeyCopy copy) {
        json.beginObject()
                .field("tier", copy.tier().word())
                .field("server", copy.server().toString())
                .field("name", copy.name().isEmpty() ? null : copy.name());
        CopyState state = copy.state();
        if (state instanceof PresentCopy item) {
            json.field("state", "present")
                    .field("bytes", item.valueBytes())
                    .unsigned("flags", item.flags())
                    .field("seconds_left", item.secondsLeft())
                    .field("stale", item.stale());
        } else {
            String remark = remark(state);
            json.field("state", state instanceof AbsentCopy ? "absent" : "unknown")
                    .field("reason", remark.isEmpty() ? null : remark);
        }
        json.endObject();
    }

    private static String text(Key key) {
        return KeyText.plain(key.bytes(), 0, key.bytes().length);
    }
}
