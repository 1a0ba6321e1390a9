package io.mempair.deploy.soak;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes that come back, and their comparison with what must come. Used by one thread. */
final class Input {

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int MAX_LINE_BYTES = 2048;

    private final InputStream in;
    private long length;

    Input(InputStream socket) {
        in = new BufferedInputStream(socket, BUFFER_BYTES);
    }

    /** How many bytes have been read. */
    long length() {
        return length;
    }

    /** Reads a line, without its end. */
    String line() throws IOException, WrongAnswer {
        var line = new StringBuilder();
        for (int next = oneByte(); next != '\n'; next = oneByte()) {
            if (line.length() > MAX_LINE_BYTES) {
                throw new WrongAnswer("a line without end: " + line.substring(0, 100));
            }
            line.append((char) next);
        }
        if (line.length() == 0 || line.charAt(line.length() - 1) != '\r') {
            throw new WrongAnswer("a line without carriage return: " + line);
        }
        return line.substring(0, line.length() - 1);
    }

    void expectLine(String expected) throws IOException, WrongAnswer {
        String line = line();
        if (!line.equals(expected)) {
            throw new WrongAnswer("got '" + line + "', expected '" + expected + "'");
        }
    }

    /** Reads a value of this length, which must be the one of the item. */
    void expectValue(int length, SoakRequest.Expected expected) throws IOException, WrongAnswer {
        var payload = expected.payload();
        if (payload == null) {
            throw new WrongAnswer("a value for " + expected.item().key + ", which has none");
        }
        boolean padded = expected.item().number && length > payload.bytes.length;
        if (length != payload.bytes.length && !padded) {
            throw new WrongAnswer("got " + length + " bytes, expected " + payload.bytes.length);
        }
        byte[] got = exactly(length);
        int same = payload.bytes.length;
        int differsAt = Arrays.mismatch(got, 0, same, payload.bytes, 0, same);
        if (differsAt >= 0) {
            throw new WrongAnswer("the value differs from byte " + differsAt + " of " + length);
        }
        for (int i = same; i < length; i++) {
            if (got[i] != ' ') {
                throw new WrongAnswer("the number has more digits than " + same);
            }
        }
    }

    void expectLineEnd() throws IOException, WrongAnswer {
        if (oneByte() != '\r' || oneByte() != '\n') {
            throw new WrongAnswer("no line end behind a value");
        }
    }

    /** The next bytes, to be read in network order. */
    ByteBuffer buffer(int bytes) throws IOException {
        return ByteBuffer.wrap(exactly(bytes));
    }

    String text(int bytes) throws IOException {
        return new String(exactly(bytes), StandardCharsets.ISO_8859_1);
    }

    /** The server must have nothing more to say. */
    void expectEnd() throws IOException, WrongAnswer {
        if (in.read() >= 0) {
            throw new WrongAnswer("surplus bytes before the close");
        }
    }

    private byte[] exactly(int bytes) throws IOException {
        byte[] read = in.readNBytes(bytes);
        length += read.length;
        if (read.length < bytes) {
            throw new EOFException("closed in the middle of an answer");
        }
        return read;
    }

    private int oneByte() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException("closed instead of an answer");
        }
        length++;
        return next;
    }
}
