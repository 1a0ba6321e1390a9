package io.mempair.deploy.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that behaves as badly as it can: asks for much and reads nothing, sends half a value, half a line, noise, comes and goes.
 * What becomes of it does not matter; what becomes of the others does. Runs on a thread of its own.
 */
final class RandomAbuser implements AutoCloseable {

    /** Connections it holds at a time at most. */
    private static final int MOST_HELD = 24;

    private static final int PATIENCE_MILLIS = 1_000;
    private static final long PAUSE_NANOS = 20_000_000;
    private static final String KEY = "abused";
    private static final int VALUE_BYTES = 900_000;

    private final String host;
    private final int port;
    private final SplittableRandom random;
    private final List<Socket> held = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "abuser");
    private volatile boolean over;

    RandomAbuser(String host, int port, long seed) {
        this.host = host;
        this.port = port;
        this.random = new SplittableRandom(seed);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!over) {
            try {
                once();
            } catch (IOException e) {
                // it was thrown out, or nobody serves
            }
            LockSupport.parkNanos(random.nextLong(PAUSE_NANOS));
        }
        held.forEach(RandomAbuser::hangUp);
    }

    private void once() throws IOException {
        if (held.size() >= MOST_HELD || (!held.isEmpty() && random.nextInt(4) == 0)) {
            hangUp(held.remove(random.nextInt(held.size())));
            return;
        }
        Socket socket = new Socket();
        held.add(socket);
        socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        OutputStream out = socket.getOutputStream();
        switch (random.nextInt(7)) {
            case 0 -> store(out);
            case 1 -> out.write(ascii("get" + (" " + KEY).repeat(1 + random.nextInt(500)) + "\r\n"));
            case 2 -> {
                store(out);
                for (int i = 0; i < 20; i++) {
                    out.write(ascii("get " + KEY + "\r\nmg " + KEY + " v\r\n"));
                }
            }
            case 3 -> {
                out.write(ascii("set " + KEY + random.nextInt(9) + " 0 0 " + VALUE_BYTES + "\r\n"));
                out.write(new byte[random.nextInt(VALUE_BYTES)]);
            }
            case 4 -> out.write(ascii("mn\r\n".repeat(1 + random.nextInt(10_000)) + "m"));
            case 5 -> {
                byte[] noise = new byte[random.nextInt(3_000)];
                for (int i = 0; i < noise.length; i++) {
                    noise[i] = (byte) random.nextInt(256);
                }
                out.write(noise);
            }
            default -> out.write(ascii("get " + "k".repeat(random.nextInt(200))));
        }
    }

    private static void store(OutputStream out) throws IOException {
        byte[] value = new byte[VALUE_BYTES];
        Arrays.fill(value, (byte) 'v');
        out.write(ascii("set " + KEY + " 0 0 " + VALUE_BYTES + "\r\n"));
        out.write(value);
        out.write(ascii("\r\n"));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void hangUp(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // gone is gone
        }
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
