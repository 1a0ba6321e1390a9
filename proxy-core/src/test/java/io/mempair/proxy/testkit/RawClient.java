package io.mempair.proxy.testkit;

import io.mempair.proxy.config.ServerAddress;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A client that sends bytes and reads bytes, nothing more. Every read has a deadline of five seconds. */
public final class RawClient implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    public static RawClient connect(int port) throws IOException {
        return over(new Socket(), port);
    }

    /** To that host and port. */
    public static RawClient connect(ServerAddress address) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(address.host(), address.port()), 2_000);
        return new RawClient(socket);
    }

    /** Over a socket of the test's choice, not connected yet. */
    public static RawClient over(Socket socket, int port) throws IOException {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2_000);
        return new RawClient(socket);
    }

    /** Over a connected socket of the test's choice. */
    public static RawClient over(Socket connected) throws IOException {
        return new RawClient(connected);
    }

    /** Waits so long for bytes, instead of five seconds. */
    public RawClient patient(Duration longest) throws IOException {
        socket.setSoTimeout((int) longest.toMillis());
        return this;
    }

    public RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Reads until these bytes have come; returns all that came, with a word on an end, a reset or silence. */
    public String receiveUntil(String end) throws IOException {
        StringBuilder got = new StringBuilder();
        try {
            while (got.length() < end.length() || got.indexOf(end, got.length() - end.length()) < 0) {
                int c = in.read();
                if (c < 0) {
                    return got + "<closed>";
                }
                got.append((char) c);
            }
        } catch (SocketException reset) {
            got.append("<closed>");
        } catch (SocketTimeoutException e) {
            got.append("<nothing more>");
        }
        return got.toString();
    }

    /** Reads that many bytes and returns them as text; on an end, a reset or silence, what came and a word on it. */
    public String receive(int bytes) throws IOException {
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        byte[] buffer = new byte[8_192];
        try {
            while (got.size() < bytes) {
                int count = in.read(buffer, 0, Math.min(buffer.length, bytes - got.size()));
                if (count < 0) {
                    got.writeBytes("<closed>".getBytes(StandardCharsets.ISO_8859_1));
                    break;
                }
                got.write(buffer, 0, count);
            }
        } catch (SocketException reset) {
            got.writeBytes("<closed>".getBytes(StandardCharsets.ISO_8859_1));
        } catch (SocketTimeoutException e) {
            got.writeBytes("<nothing more>".getBytes(StandardCharsets.ISO_8859_1));
        }
        return got.toString(StandardCharsets.ISO_8859_1);
    }

    /** Sends {@code request} and returns as many bytes of the answer as {@code expected} has. */
    public String ask(String request, String expected) throws IOException {
        return send(request).receive(expected.length());
    }

    /** One line, without its end; {@code <closed>} at the end of the stream. */
    public String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return line + "<closed>";
            }
            line.append((char) c);
        }
        return line.isEmpty() ? "" : line.substring(0, line.length() - 1);
    }

    /** Everything until the server closes. */
    public String rest() throws IOException {
        return receive(Integer.MAX_VALUE).replace("<closed>", "");
    }

    /** Whether bytes have come that nobody has read. */
    public boolean hasInput() throws IOException {
        return in.available() > 0;
    }

    /** Says that nothing more will be sent, but goes on reading. */
    public RawClient shutdownOutput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
