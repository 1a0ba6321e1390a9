package io.mempair.proxy.testkit;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A client of the text protocol that understands answers. Text is ISO 8859-1. An end of the connection and 20 seconds of
 * silence are failures.
 */
public final class TextClient implements TextRequests, AutoCloseable {

    private static final int SILENCE_MILLIS = 20_000;

    /** What came for a key. {@code cas} is 0 where it was not asked for. */
    public record TextItem(String key, long flags, String value, long cas) {}

    /** The answer to a retrieval: items, or an error line instead of the rest. */
    public record Retrieved(List<TextItem> items, String error) {
        public boolean failed() {
            return !error.isEmpty();
        }
    }

    private final Socket socket;
    private final InputStream in;

    private TextClient(int port) throws IOException {
        socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(SILENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
    }

    public static TextClient connect(int port) throws IOException {
        return new TextClient(port);
    }

    /** A storage request with its data block. */
    public static String storage(String command, String key, long flags, long exptime, String value) {
        return command + ' ' + key + ' ' + flags + ' ' + exptime + ' ' + value.length() + "\r\n" + value + "\r\n";
    }

    public TextClient send(String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    @Override
    public String ask(String request) throws IOException {
        return send(request).line();
    }

    /** One line, without its end. */
    public String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection was closed after " + line);
            }
            line.append((char) c);
        }
        if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') {
            throw new IOException("a line without CRLF: " + line);
        }
        return line.substring(0, line.length() - 1);
    }

    @Override
    public Retrieved retrieve(String request) throws IOException {
        return send(request + "\r\n").retrieved();
    }

    @Override
    public Retrieved retrieved() throws IOException {
        List<TextItem> items = new ArrayList<>();
        for (String line = line(); !line.equals("END"); line = line()) {
            if (line.startsWith("SERVER_ERROR")) {
                return new Retrieved(items, line);
            }
            String[] words = line.split(" ", -1);
            if (!words[0].equals("VALUE") || words.length < 4 || words.length > 5) {
                throw new IOException("in the answer to a retrieval: " + line);
            }
            String value = data(Integer.parseInt(words[3]));
            long cas = words.length == 5 ? Long.parseUnsignedLong(words[4]) : 0;
            items.add(new TextItem(words[1], Long.parseLong(words[2]), value, cas));
        }
        return new Retrieved(items, "");
    }

    /** A data block of that many bytes, whose line end is read too. */
    public String data(int bytes) throws IOException {
        String block = new String(in.readNBytes(bytes + 2), StandardCharsets.ISO_8859_1);
        if (!block.endsWith("\r\n") || block.length() != bytes + 2) {
            throw new IOException("a data block of " + bytes + " bytes that ends otherwise: "
                    + block.substring(Math.max(0, block.length() - 40)));
        }
        return block.substring(0, bytes);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
