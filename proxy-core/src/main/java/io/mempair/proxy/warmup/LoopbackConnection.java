package io.mempair.proxy.warmup;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One connection of the proxy to a {@link LoopbackServer}, on a thread of its own. Plain sockets: a server of Netty would
 * put channels into the profiles of the code that is to be compiled, which the proxy never has.
 */
final class LoopbackConnection {

    /** Bytes read at once. */
    private static final int BUFFER_BYTES = 32 << 10;

    /** A line of a proxy is never that long. */
    private static final int MAX_LINE_BYTES = 8 << 10;

    private static final int MAX_VALUE_BYTES = 2 << 20;

    private final InputStream in;
    private final OutputStream out;
    private final TextWarmup classic;
    private final MetaWarmup meta;
    private final ByteArrayOutputStream answers = new ByteArrayOutputStream();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;

    LoopbackConnection(Socket socket, Items items) throws IOException {
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.classic = new TextWarmup(items);
        this.meta = new MetaWarmup(items);
    }

    /** Answers until the proxy closes, or the socket is closed here. */
    void serve() throws IOException {
        while (true) {
            String line = line();
            if (line.isEmpty()) {
                return;
            }
            String[] words = line.split(" ");
            byte[] data = data(words);
            if (words[0].length() == 2 && !words[0].equals("mn")) {
                meta.answer(words, data, answers);
            } else {
                classic.answer(words, data, answers);
            }
        }
    }

    /** The data block behind a line that stores; nothing behind others. */
    private byte[] data(String[] words) throws IOException {
        int place = switch (words[0]) {
            case "set", "add", "replace", "append", "prepend", "cas" -> 4;
            case "ms" -> 2;
            default -> 0;
        };
        if (place == 0) {
            return new byte[0];
        }
        int length = Integer.parseInt(words[place]);
        if (length > MAX_VALUE_BYTES) {
            throw new IOException("value of " + length + " bytes (expected: at most " + MAX_VALUE_BYTES + ')');
        }
        byte[] data = new byte[length];
        for (int i = 0; i < length; ) {
            fill();
            int taken = Math.min(length - i, limit - position);
            System.arraycopy(buffer, position, data, i, taken);
            position += taken;
            i += taken;
        }
        line();
        return data;
    }

    /** The next line without its end; empty at the end of the connection, or behind a data block. */
    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            try {
                fill();
            } catch (EOFException closed) {
                return "";
            }
            for (int i = position; i < limit; i++) {
                if (buffer[i] == '\n') {
                    line.write(buffer, position, i - position);
                    position = i + 1;
                    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
                }
            }
            line.write(buffer, position, limit - position);
            position = limit;
            if (line.size() > MAX_LINE_BYTES) {
                throw new IOException("line of more than " + MAX_LINE_BYTES + " bytes");
            }
        }
    }

    /** Has at least one byte to read; before it waits for one, all answers are sent. */
    private void fill() throws IOException {
        if (position < limit) {
            return;
        }
        answers.writeTo(out);
        answers.reset();
        int read = in.read(buffer);
        if (read < 0) {
            throw new EOFException();
        }
        position = 0;
        limit = read;
    }

    static void write(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
