package io.mempair.proxy.testkit;

import io.mempair.proxy.config.ServerAddress;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server that answers what the test says, right or wrong. It greets properly ({@code version}, then {@code stats} if it is
 * asked which process it is, then {@code stats settings}); every other line is handed to the script, which writes what it
 * likes.
 */
public final class ScriptedServer implements AutoCloseable {

    /** What to do with one request line. */
    public interface ServerScript {
        void answer(String line, ScriptedConnection connection) throws IOException;
    }

    /** One connection, as the script sees it. */
    public record ScriptedConnection(Socket socket, InputStream in) {

        public void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
        }

        /** The data block of a storage command and its line end. */
        public String data(int bytes) throws IOException {
            return new String(in.readNBytes(bytes + 2), StandardCharsets.ISO_8859_1);
        }

        public void close() throws IOException {
            socket.close();
        }
    }

    private final ServerSocket listener;
    private final ServerScript script;
    private final Runnable onHangUp;
    private volatile String self = "END\r\n";
    private volatile String settings = "STAT item_size_max 1048576\r\nEND\r\n";
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private final String version;

    private ScriptedServer(String version, ServerScript script, Runnable onHangUp) throws IOException {
        this(InetAddress.getLoopbackAddress(), 0, version, script, onHangUp);
    }

    private ScriptedServer(InetAddress host, int port, String version, ServerScript script, Runnable onHangUp)
            throws IOException {
        this.version = version;
        this.listener = new ServerSocket(port, 50, host);
        this.script = script;
        this.onHangUp = onHangUp;
    }

    public static ScriptedServer playing(ServerScript script) throws IOException {
        return playing(script, () -> {});
    }

    /** As {@link #playing(ServerScript)}; {@code onHangUp} runs for each connection the proxy closes in order. */
    public static ScriptedServer playing(ServerScript script, Runnable onHangUp) throws IOException {
        ScriptedServer server = new ScriptedServer("1.6.18", script, onHangUp);
        daemon(server::accept);
        return server;
    }

    /** As {@link #playing(ServerScript)}, at an address and port of the test's choice. */
    public static ScriptedServer at(InetAddress host, int port, ServerScript script) throws IOException {
        ScriptedServer server = new ScriptedServer(host, port, "1.6.18", script, () -> {});
        daemon(server::accept);
        return server;
    }

    /** As {@link #playing(ServerScript)}, and says that it is this version. */
    public static ScriptedServer ofVersion(String version, ServerScript script) throws IOException {
        ScriptedServer server = new ScriptedServer(version, script, () -> {});
        daemon(server::accept);
        return server;
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                sockets.add(socket);
                if (listener.isClosed()) {
                    // accepted while it was closed: close() may not have seen it
                    socket.close();
                }
                daemon(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            ScriptedConnection connection =
                    new ScriptedConnection(socket, new BufferedInputStream(socket.getInputStream()));
            boolean greeted = false;
            for (String line = line(connection.in()); line != null; line = line(connection.in())) {
                if (line.equals("version")) {
                    connection.send("VERSION " + version + "\r\n");
                } else if (line.equals("stats") && !greeted) {
                    connection.send(self);
                } else if (line.equals("stats settings")) {
                    greeted = true;
                    if (settings.isEmpty()) {
                        connection.close();
                    }
                    connection.send(settings);
                } else {
                    lines.add(line);
                    script.answer(line, connection);
                }
            }
            onHangUp.run();
        } catch (IOException gone) {
            // the proxy, or the script, closed the connection
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return null;
            }
            line.append((char) c);
        }
        return line.substring(0, line.length() - 1);
    }

    /** What it answers to {@code stats settings} from now on; empty: it closes. */
    public ScriptedServer sayingOfSettings(String answer) {
        settings = answer;
        return this;
    }

    /** What it answers to {@code stats} when it is asked which process it is, from now on; nothing at first. */
    public ScriptedServer sayingOfItself(String answer) {
        self = answer;
        return this;
    }

    public ServerAddress address() {
        return new ServerAddress("127.0.0.1", listener.getLocalPort());
    }

    /** The request lines seen so far, the handshake left out. */
    public List<String> lines() {
        return new ArrayList<>(lines);
    }

    /** Connections made so far. */
    public int connections() {
        return sockets.size();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
