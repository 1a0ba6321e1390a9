package io.mempair.deploy.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads keys back through an address, and pages of a node; each with a connection of its own. */
public final class Reader {

    private static final int LIMIT_MILLIS = 2_000;
    private static final Duration READ_BACK = Duration.ofSeconds(20);
    private static final int BATCH = 100;

    private Reader() {}

    /** How many of these keys are not there with their own name as value; asked again while nobody answers. */
    static int missing(String host, int port, List<String> keys) {
        var missing = new AtomicInteger(-1);
        Waiting.until("the acknowledged keys are read back", READ_BACK, () -> {
            missing.set(missingNow(host, port, keys));
            return missing.get() >= 0;
        });
        return missing.get();
    }

    /** Negative when they cannot be read. */
    private static int missingNow(String host, int port, List<String> keys) {
        try (Socket socket = open(host, port, LIMIT_MILLIS)) {
            var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            int found = 0;
            for (int from = 0; from < keys.size(); from += BATCH) {
                List<String> some = keys.subList(from, Math.min(keys.size(), from + BATCH));
                socket.getOutputStream().write(bytes("get " + String.join(" ", some) + "\r\n"));
                found += values(lines);
            }
            return keys.size() - found;
        } catch (IOException e) {
            return -1;
        }
    }

    private static int values(BufferedReader lines) throws IOException {
        int found = 0;
        for (String line = lines.readLine(); !"END".equals(line); line = lines.readLine()) {
            if (line == null || !line.startsWith("VALUE ")) {
                throw new IOException("unexpected answer: " + line);
            }
            String key = line.substring(6, line.indexOf(' ', 6));
            found += key.equals(lines.readLine()) ? 1 : 0;
        }
        return found;
    }

    /** Whether something answers {@code version} there in time. */
    static boolean answers(String host, int port, int limitMillis) {
        try (Socket socket = open(host, port, limitMillis)) {
            socket.getOutputStream().write(bytes("version\r\n"));
            return socket.getInputStream().read() == 'V';
        } catch (IOException e) {
            return false;
        }
    }

    /** Head and body of a page; empty when nobody answers. */
    public static String page(String host, int port, String path) {
        try (Socket socket = open(host, port, LIMIT_MILLIS / 4)) {
            socket.getOutputStream().write(bytes("GET " + path + " HTTP/1.0\r\n\r\n"));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private static Socket open(String host, int port, int limitMillis) throws IOException {
        var socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), limitMillis);
            socket.setSoTimeout(limitMillis);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
