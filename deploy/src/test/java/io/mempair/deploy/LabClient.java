package io.mempair.deploy;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One connection from a host of the lab to a port, in the text protocol; a program carries its bytes there. It ends after
 * {@link #SILENCE_SECONDS} without a byte, so no read waits for ever. For one thread.
 */
final class LabClient implements AutoCloseable {

    static final int SILENCE_SECONDS = 10;

    /** Requests sent before their answers are read: these fit into the buffers on the way. */
    private static final int IN_A_ROW = 100;

    /** What a retrieval brought; {@code cas} is 0 where it was not asked for. */
    record LabItem(long flags, String value, long cas) {}

    /** The answer to a retrieval: what was found, or an error line that came instead of the rest. */
    record Found(Map<String, LabItem> items, String error) {

        Map<String, LabItem> orFail() {
            if (!error.isEmpty()) {
                throw new AssertionError("instead of items: " + error);
            }
            return items;
        }
    }

    /** An item as a server holds it; {@code lifetimeSeconds} is what is left of it, -1 without end. */
    record Copy(long flags, long lifetimeSeconds, String value) {}

    private final Process carrier;
    private final InputStream in;

    LabClient(Process carrier) {
        this.carrier = carrier;
        in = new BufferedInputStream(carrier.getInputStream(), 64 << 10);
    }

    /** A storage request with its data block. */
    static String storage(String command, String key, long flags, long exptime, String value) {
        return command + ' ' + key + ' ' + flags + ' ' + exptime + ' ' + value.length() + "\r\n" + value + "\r\n";
    }

    /** Sends a request and returns the line that answers it. */
    String ask(String request) throws IOException {
        send(request);
        return line();
    }

    /** Sends many requests, each answered by one line; the answers in their order. */
    List<String> askAll(List<String> requests) throws IOException {
        List<String> answers = new ArrayList<>();
        for (int from = 0; from < requests.size(); from += IN_A_ROW) {
            List<String> row = requests.subList(from, Math.min(requests.size(), from + IN_A_ROW));
            send(String.join("", row));
            for (int i = 0; i < row.size(); i++) {
                answers.add(line());
            }
        }
        return answers;
    }

    /** One {@code gets} of these keys. */
    Found gets(List<String> keys) throws IOException {
        send("gets " + String.join(" ", keys) + "\r\n");
        Map<String, LabItem> items = new LinkedHashMap<>();
        for (String line = line(); !line.equals("END"); line = line()) {
            if (line.startsWith("SERVER_ERROR")) {
                return new Found(items, line);
            }
            String[] words = line.split(" ", -1);
            if (words.length != 5 || !words[0].equals("VALUE")) {
                throw new AssertionError("in the answer to gets: " + line);
            }
            String value = data(Integer.parseInt(words[3]));
            LabItem item = new LabItem(Long.parseLong(words[2]), value, Long.parseUnsignedLong(words[4]));
            if (items.put(words[1], item) != null) {
                throw new AssertionError("twice in one answer: " + words[1]);
            }
        }
        return new Found(items, "");
    }

    /** All these keys that are found, read some at a time; an error fails the test. */
    Map<String, LabItem> getAll(List<String> keys) throws IOException {
        Map<String, LabItem> items = new LinkedHashMap<>();
        for (int from = 0; from < keys.size(); from += IN_A_ROW) {
            items.putAll(gets(keys.subList(from, Math.min(keys.size(), from + IN_A_ROW)))
                    .orFail());
        }
        return items;
    }

    /** What a memcached at the other end holds of these keys. */
    Map<String, Copy> copies(List<String> keys) throws IOException {
        Map<String, Copy> found = new LinkedHashMap<>();
        for (int from = 0; from < keys.size(); from += IN_A_ROW) {
            List<String> row = keys.subList(from, Math.min(keys.size(), from + IN_A_ROW));
            var requests = new StringBuilder();
            row.forEach(key -> requests.append("mg ").append(key).append(" f t v\r\n"));
            send(requests.toString());
            for (String key : row) {
                String[] words = line().split(" ", -1);
                if (words[0].equals("VA")) {
                    String value = data(Integer.parseInt(words[1]));
                    found.put(
                            key,
                            new Copy(
                                    Long.parseLong(words[2].substring(1)),
                                    Long.parseLong(words[3].substring(1)),
                                    value));
                }
            }
        }
        return found;
    }

    void send(String text) throws IOException {
        carrier.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        carrier.getOutputStream().flush();
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection ended after '" + line + "'");
            }
            line.append((char) c);
        }
        return line.toString().stripTrailing();
    }

    private String data(int bytes) throws IOException {
        String block = new String(in.readNBytes(bytes + 2), StandardCharsets.ISO_8859_1);
        if (block.length() != bytes + 2) {
            throw new EOFException("the connection ended in a data block");
        }
        return block.substring(0, bytes);
    }

    /** Whether the other end has closed it; waits for that, or for {@link #SILENCE_SECONDS}. */
    boolean isClosed() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() {
        carrier.destroyForcibly();
    }
}
