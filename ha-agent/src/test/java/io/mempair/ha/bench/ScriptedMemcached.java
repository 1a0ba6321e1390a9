package io.mempair.ha.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Stores what is set; what it answers to a get of one key is the test's. */
final class ScriptedMemcached implements AutoCloseable {

    /** The whole answer to get number {@code count} (from 1) of {@code key}; null closes the connection. */
    interface Gets {
        String answer(int count, String key, String flags, String value) throws InterruptedException;
    }

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Map<String, String[]> items = new ConcurrentHashMap<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger gets = new AtomicInteger();
    private final Gets script;

    ScriptedMemcached(Gets script) throws IOException {
        this.script = script;
        daemon(this::accept);
    }

    static String right(String key, String flags, String value) {
        return "VALUE " + key + ' ' + flags + ' ' + value.length() + "\r\n" + value + "\r\nEND\r\n";
    }

    int port() {
        return listener.getLocalPort();
    }

    int gets() {
        return gets.get();
    }

    int connections() {
        return sockets.size();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                sockets.add(socket);
                daemon(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                String[] words = line.split(" ");
                String answer;
                if (words[0].equals("set")) {
                    items.put(words[1], new String[] {words[2], data(in, Integer.parseInt(words[4]))});
                    answer = "STORED\r\n";
                } else {
                    String[] item = items.get(words[1]);
                    answer = script.answer(gets.incrementAndGet(), words[1], item[0], item[1]);
                }
                if (answer == null) {
                    return;
                }
                out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (IOException | InterruptedException e) {
            // the client, or the test, is gone
        }
    }

    private static String data(InputStream in, int bytes) throws IOException {
        return new String(in.readNBytes(bytes + 2), 0, bytes, StandardCharsets.ISO_8859_1);
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private static void daemon(Runnable task) {
        var thread = new Thread(task, "scripted-memcached");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
