package io.mempair.deploy.chaos;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** A connection of a client that speaks text. Every wait is bounded. One thread. */
final class TextConnection implements AutoCloseable {

    /** How long a client waits for a connection or for a byte; then it connects again. */
    static final int PATIENCE_MILLIS = 2_000;

    private final Socket socket = new Socket();
    private final InputStream in;

    TextConnection(String host, int port) throws IOException {
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Its own port, by which a dump of the network knows it. */
    @Override
    public String toString() {
        return "port " + socket.getLocalPort();
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    String ask(String request) throws IOException {
        send(request);
        return line();
    }

    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int read = in.read(); read != '\n'; read = in.read()) {
            if (read < 0) {
                throw new EOFException("closed");
            }
            line.append((char) read);
        }
        return line.toString().strip();
    }

    /**
     * Reads the answer to a retrieval: value by key.
     *
     * @throws ErrorAnswer if an error line came in place of a value or of the end
     */
    Map<String, String> values() throws IOException {
        Map<String, String> values = new HashMap<>();
        for (String line = line(); !line.equals("END"); line = line()) {
            String[] words = line.split(" ");
            if (words.length < 4 || !words[0].equals("VALUE")) {
                throw new ErrorAnswer(line);
            }
            byte[] data = in.readNBytes(Integer.parseInt(words[3]) + 2);
            values.put(words[1], new String(data, 0, data.length - 2, StandardCharsets.ISO_8859_1));
        }
        return values;
    }

    /** The proxy said that it could not; the connection stays good. */
    static final class ErrorAnswer extends IOException {
        private static final long serialVersionUID = 1;

        ErrorAnswer(String line) {
            super(line);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // it is of no use any more, closed or not
        }
    }
}
