package io.mempair.ha.history;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One thing that happened to a node. As text it is one line: the version of the format and the fields, with tabs between.
 *
 * @param atMillis     when, on the clock of the node, since 1970; no two records of one node have the same
 * @param node         name of the node it happened to
 * @param kind         what happened
 * @param from         the role before; empty for a reload
 * @param to           the role after; of a reload {@code applied} or {@code refused}
 * @param epoch        the reign that began or ended, or the highest known; 0 for a reload
 * @param cause        the class of the reason, as in {@code mempair_transitions_total}; empty for a reload
 * @param text         the reason, or what the reload changed; at most {@value #MAX_TEXT} characters
 * @param tookMillis   from the decision to its end; 0 for a reload
 * @param gapMillis    for how long nobody served before this node did, as far as it can tell; {@link #NO_GAP} if it cannot, or does
 *     not serve
 */
public record HistoryRecord(
        long atMillis,
        String node,
        RecordKind kind,
        String from,
        String to,
        long epoch,
        String cause,
        String text,
        long tookMillis,
        long gapMillis) {

    /** Of a record that has no gap. */
    public static final long NO_GAP = -1;

    /** Longest text. */
    public static final int MAX_TEXT = 300;

    private static final int MAX_WORD = 64;
    private static final String FORMAT = "1";
    private static final int FIELDS = 11;
    private static final String SEPARATOR = "\t";

    /** What can happen. */
    public enum RecordKind {
        ROLE,
        RELOAD
    }

    public HistoryRecord {
        node = bounded(node, MAX_WORD);
        from = bounded(from, MAX_WORD);
        to = bounded(to, MAX_WORD);
        cause = bounded(cause, MAX_WORD);
        text = bounded(text, MAX_TEXT);
    }

    /** The configuration of {@code node} was reloaded, or that was refused, at that time. */
    public static HistoryRecord ofReload(long atMillis, String node, boolean applied, String outcome) {
        return new HistoryRecord(
                atMillis, node, RecordKind.RELOAD, "", applied ? "applied" : "refused", 0, "", outcome, 0, NO_GAP);
    }

    /** One line, without what could end it, or write to a terminal. */
    private static String bounded(String text, int limit) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= limit ? line : line.substring(0, limit - 1) + '…';
    }

    /** Without a line end. */
    public String line() {
        return String.join(
                SEPARATOR,
                FORMAT,
                String.valueOf(atMillis),
                node,
                kind.name().toLowerCase(Locale.ROOT),
                from,
                to,
                String.valueOf(epoch),
                cause,
                String.valueOf(tookMillis),
                String.valueOf(gapMillis),
                text);
    }

    /** A record from its line; empty for one that is damaged or of another format. Fields of a later version are ignored. */
    public static Optional<HistoryRecord> of(String line) {
        List<String> fields = Arrays.asList(line.split(SEPARATOR, -1));
        if (fields.size() < FIELDS || !fields.get(0).equals(FORMAT)) {
            return Optional.empty();
        }
        try {
            long atMillis = Long.parseLong(fields.get(1));
            long epoch = Long.parseLong(fields.get(6));
            long tookMillis = Long.parseLong(fields.get(8));
            long gapMillis = Long.parseLong(fields.get(9));
            if ((atMillis | epoch | tookMillis) < 0
                    || gapMillis < NO_GAP
                    || fields.get(2).isEmpty()) {
                return Optional.empty();
            }
            RecordKind kind = RecordKind.valueOf(fields.get(3).toUpperCase(Locale.ROOT));
            return Optional.of(new HistoryRecord(
                    atMillis,
                    fields.get(2),
                    kind,
                    fields.get(4),
                    fields.get(5),
                    epoch,
                    fields.get(7),
                    fields.get(10),
                    tookMillis,
                    gapMillis));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** 64 bits of its line (FNV-1a), by which two nodes find out whether they have the same records. */
    long hash() {
        long hash = 0xcbf29ce484222325L;
        for (byte letter : line().getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (letter & 0xFF)) * 0x100000001b3L;
        }
        return hash;
    }
}
