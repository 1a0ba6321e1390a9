package io.mempair.ha.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the replies of one connection, in whatever pieces they arrive, and verifies them. Only lines are kept until they are
 * complete; a value is compared as it arrives. Values of one get may come in any order, as proxies send them. Pure.
 */
final class ReplyReader {

    /** What {@link #read} came to. */
    enum ReadProgress {
        /** All bytes are read, and the reply goes on. */
        MORE,
        /** The reply is at its end; what comes next belongs to the next request. */
        COMPLETE,
        /** Where the next reply begins cannot be known any more; {@link #problem} says why. */
        BROKEN
    }

    private enum ReplyPart {
        LINE,
        DATA,
        DATA_END
    }

    private static final byte[] VALUE = ascii("VALUE ");
    private static final byte[] END = ascii("END");
    private static final byte[] STORED = ascii("STORED");
    private static final byte[] NOT_STORED = ascii("NOT_STORED");
    private static final byte[] ERROR = ascii("ERROR");

    /** A VALUE line has a key of 250 bytes and three numbers at most. */
    private static final int MAX_LINE_BYTES = 1_024;

    private final Dataset dataset;
    private final int keysPerGet;
    private final BenchValueLine valueLine;
    private final long[] seen;
    private final byte[] line = new byte[MAX_LINE_BYTES];
    private int lineBytes;
    private ReplyPart part = ReplyPart.LINE;
    private boolean fresh = true;

    /** Number of the key whose value comes; -1 if nothing of it can be right. */
    private int number;

    private long dataBytes;
    private long dataRead;
    private boolean valueWrong;

    private int found;
    private int wrong;
    private boolean failed;
    private String problem = "";

    ReplyReader(Dataset dataset, int keysPerGet) {
        this.dataset = dataset;
        this.keysPerGet = keysPerGet;
        this.valueLine = new BenchValueLine(dataset);
        this.seen = new long[(keysPerGet + 63) / 64];
    }

    /** Right values of the reply. */
    int found() {
        return found;
    }

    /** Values of the reply that were not asked for, came twice, or are not what was stored. */
    int wrong() {
        return wrong;
    }

    /** Whether the reply is an error line. */
    boolean failed() {
        return failed;
    }

    /** What was wrong with the reply; empty if nothing was. */
    String problem() {
        return problem;
    }

    /** Forgets the begun reply: the connection is another. */
    void restart() {
        part = ReplyPart.LINE;
        lineBytes = 0;
        fresh = true;
    }

    /**
     * Continues to read the reply to one request, the same one until it is complete.
     *
     * @param set  whether it is a set of {@code key}; else a get of it and the keys that follow it
     */
    ReadProgress read(ByteBuf in, boolean set, int key) {
        if (fresh) {
            begin();
        }
        ReadProgress progress = ReadProgress.MORE;
        while (progress == ReadProgress.MORE && in.isReadable()) {
            progress = switch (part) {
                case LINE -> readLine(in, set, key);
                case DATA -> readData(in);
                case DATA_END -> readDataEnd(in);
            };
        }
        fresh = progress != ReadProgress.MORE;
        return progress;
    }

    private void begin() {
        found = 0;
        wrong = 0;
        failed = false;
        problem = "";
        Arrays.fill(seen, 0);
    }

    private ReadProgress readLine(ByteBuf in, boolean set, int key) {
        int lineFeed = in.bytesBefore((byte) '\n');
        int length = lineFeed < 0 ? in.readableBytes() : lineFeed;
        if (length > MAX_LINE_BYTES - lineBytes) {
            return broken("a line of more than " + MAX_LINE_BYTES + " bytes");
        }
        in.readBytes(line, lineBytes, length);
        lineBytes += length;
        if (lineFeed < 0) {
            return ReadProgress.MORE;
        }
        in.skipBytes(1);
        if (lineBytes == 0 || line[lineBytes - 1] != '\r') {
            return broken("a line without \\r");
        }
        lineBytes--;
        ReadProgress progress = handleLine(set, key);
        lineBytes = 0;
        return progress;
    }

    private ReadProgress handleLine(boolean set, int key) {
        if (!set && startsWith(VALUE)) {
            return beginValue(key);
        }
        if (is(set ? STORED : END)) {
            return ReadProgress.COMPLETE;
        }
        // ERROR, CLIENT_ERROR and SERVER_ERROR; the last may come after values, too
        if (contains(ERROR) || (set && is(NOT_STORED))) {
            failed = true;
            note(text());
            return ReadProgress.COMPLETE;
        }
        return broken("unexpected: " + text());
    }

    private ReadProgress beginValue(int key) {
        if (!valueLine.read(line, lineBytes)) {
            return broken("unexpected: " + text());
        }
        number = valueLine.number();
        dataBytes = valueLine.dataBytes();
        dataRead = 0;
        valueWrong = true;
        int place = number < 0 ? keysPerGet : (number - key + dataset.keys()) % dataset.keys();
        if (place >= keysPerGet) {
            note("not asked for: " + text());
        } else if ((seen[place >> 6] & (1L << place)) != 0) {
            note("twice: " + text());
        } else if (dataBytes != dataset.valueBytes()) {
            note("length " + dataBytes + " instead of " + dataset.valueBytes() + ": " + text());
        } else if (valueLine.flags() != Dataset.flags(number)) {
            note("flags " + valueLine.flags() + " instead of " + Dataset.flags(number) + ": " + text());
        } else {
            seen[place >> 6] |= 1L << place;
            valueWrong = false;
        }
        part = dataBytes == 0 ? ReplyPart.DATA_END : ReplyPart.DATA;
        return ReadProgress.MORE;
    }

    private ReadProgress readData(ByteBuf in) {
        int length = (int) Math.min(dataBytes - dataRead, in.readableBytes());
        if (!valueWrong && !dataset.isValueAt(number, (int) dataRead, in, length)) {
            valueWrong = true;
            note("not the value of its key: key number " + number);
        }
        in.skipBytes(length);
        dataRead += length;
        if (dataRead == dataBytes) {
            part = ReplyPart.DATA_END;
        }
        return ReadProgress.MORE;
    }

    /** The line end behind a value; of a value that is too short it is somewhere else. */
    private ReadProgress readDataEnd(ByteBuf in) {
        byte expected = dataRead == dataBytes ? (byte) '\r' : (byte) '\n';
        if (in.readByte() != expected) {
            return broken("a value of another length than its line says, key number " + number);
        }
        if (expected == '\r') {
            dataRead++;
            return ReadProgress.MORE;
        }
        if (valueWrong) {
            wrong++;
        } else {
            found++;
        }
        part = ReplyPart.LINE;
        return ReadProgress.MORE;
    }

    private ReadProgress broken(String what) {
        wrong++;
        note(what);
        return ReadProgress.BROKEN;
    }

    /** The first problem of a reply is told; those after it may be its consequence. */
    private void note(String what) {
        if (problem.isEmpty()) {
            problem = what;
        }
    }

    private boolean is(byte[] text) {
        return lineBytes == text.length && startsWith(text);
    }

    private boolean startsWith(byte[] text) {
        return lineBytes >= text.length && Arrays.equals(line, 0, text.length, text, 0, text.length);
    }

    private boolean contains(byte[] text) {
        for (int at = 0; at + text.length <= lineBytes; at++) {
            if (Arrays.equals(line, at, at + text.length, text, 0, text.length)) {
                return true;
            }
        }
        return false;
    }

    private String text() {
        return new String(line, 0, Math.min(lineBytes, 80), StandardCharsets.ISO_8859_1);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
