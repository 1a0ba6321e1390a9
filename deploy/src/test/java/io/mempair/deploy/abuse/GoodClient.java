package io.mempair.deploy.abuse;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A client that behaves well: stores values under keys of its own, reads them back, compares every byte and measures how
 * long each answer takes. Runs on a thread of its own.
 */
final class GoodClient implements AutoCloseable {

    /** What it speaks. */
    enum Speech {
        TEXT,
        META,
        BINARY,
        MULTI_GET,
        NO_OP,
        TLS
    }

    private static final int KEYS = 10;
    private static final int MAX_VALUE_BYTES = 4_000;
    private static final long PAUSE_NANOS = 2_000_000;
    private static final int BINARY_HEADER_BYTES = 24;

    private final AbusedProxy target;
    private final Speech speech;
    private final String name;
    private final SplittableRandom random;
    private final Supplier<Noticed> phase;
    private final byte[][] values = new byte[KEYS][];
    private final Thread thread;
    private volatile boolean over;

    /** @param phase  where to note what it notices now */
    GoodClient(AbusedProxy target, Speech speech, int number, Supplier<Noticed> phase) {
        this.target = target;
        this.speech = speech;
        this.name = "good-" + number + '-';
        this.random = new SplittableRandom(number);
        this.phase = phase;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!over) {
            try (Socket socket = speech == Speech.TLS ? target.secured() : target.plain()) {
                Connection connection = new Connection(socket);
                for (int key = 0; key < KEYS; key++) {
                    connection.store(key);
                }
                while (!over) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                    long before = System.nanoTime();
                    connection.once(random.nextInt(KEYS));
                    phase.get().answered(System.nanoTime() - before);
                }
            } catch (IOException | RuntimeException e) {
                if (!over) {
                    phase.get().failed(speech + ": " + e);
                    LockSupport.parkNanos(100 * PAUSE_NANOS);
                }
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        thread.join(30_000);
    }

    /** One connection and what is said on it. */
    private final class Connection {

        private final OutputStream out;
        private final DataInputStream in;

        Connection(Socket socket) throws IOException {
            out = socket.getOutputStream();
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 64 << 10));
        }

        void once(int key) throws IOException {
            boolean stores = random.nextInt(4) == 0;
            switch (speech) {
                case NO_OP -> {
                    send("mn\r\n");
                    expect("MN");
                }
                case MULTI_GET -> multiGet();
                default -> {
                    if (stores) {
                        store(key);
                    } else {
                        read(key);
                    }
                }
            }
        }

        void store(int key) throws IOException {
            byte[] value = new byte[1 + random.nextInt(MAX_VALUE_BYTES)];
            Arrays.fill(value, (byte) ('a' + random.nextInt(26)));
            value[0] = (byte) key;
            switch (speech) {
                case META -> {
                    send("ms " + name + key + ' ' + value.length + "\r\n", value, "\r\n");
                    expect("HD");
                }
                case BINARY -> {
                    send(packet(1, key, 8, value));
                    binaryAnswer();
                }
                default -> {
                    send("set " + name + key + " 0 0 " + value.length + "\r\n", value, "\r\n");
                    expect("STORED");
                }
            }
            values[key] = value;
        }

        private void read(int key) throws IOException {
            byte[] value = values[key];
            switch (speech) {
                case META -> {
                    send("mg " + name + key + " v\r\n");
                    expect("VA " + value.length);
                    compare(in.readNBytes(value.length), value);
                    expect("");
                }
                case BINARY -> {
                    send(packet(0, key, 0, new byte[0]));
                    byte[] body = binaryAnswer();
                    compare(Arrays.copyOfRange(body, 4, body.length), value);
                }
                default -> {
                    send("get " + name + key + "\r\n");
                    value(key);
                    expect("END");
                }
            }
        }

        private void multiGet() throws IOException {
            StringBuilder line = new StringBuilder("get");
            for (int key = 0; key < KEYS; key++) {
                line.append(' ').append(name).append(key);
            }
            send(line.append("\r\n").toString());
            for (int key = 0; key < KEYS; key++) {
                value(key);
            }
            expect("END");
        }

        private void value(int key) throws IOException {
            expect("VALUE " + name + key + " 0 " + values[key].length);
            compare(in.readNBytes(values[key].length), values[key]);
            expect("");
        }

        private byte[] packet(int opcode, int key, int extras, byte[] value) {
            byte[] bytes = (name + key).getBytes(StandardCharsets.US_ASCII);
            ByteBuffer packet = ByteBuffer.allocate(BINARY_HEADER_BYTES + extras + bytes.length + value.length);
            packet.put((byte) 0x80).put((byte) opcode).putShort((short) bytes.length);
            packet.put((byte) extras).put((byte) 0).putShort((short) 0);
            packet.putInt(extras + bytes.length + value.length).putInt(0).putLong(0);
            return packet.put(new byte[extras]).put(bytes).put(value).array();
        }

        private byte[] binaryAnswer() throws IOException {
            ByteBuffer header = ByteBuffer.wrap(exactly(BINARY_HEADER_BYTES));
            byte[] body = exactly(header.getInt(8));
            if (header.getShort(6) != 0) {
                throw new IOException(
                        "status " + header.getShort(6) + ' ' + new String(body, StandardCharsets.US_ASCII));
            }
            return body;
        }

        private byte[] exactly(int bytes) throws IOException {
            byte[] read = new byte[bytes];
            in.readFully(read);
            return read;
        }

        private void expect(String expected) throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    throw new EOFException("closed instead of " + expected);
                }
                line.append((char) next);
            }
            if (!line.toString().equals(expected + '\r')) {
                throw new IOException("got " + line.toString().strip() + " instead of " + expected);
            }
        }

        private void compare(byte[] got, byte[] expected) throws IOException {
            if (!Arrays.equals(got, expected)) {
                throw new IOException(
                        "another value of " + got.length + " bytes than the " + expected.length + " stored");
            }
        }

        private void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.US_ASCII));
        }

        private void send(String before, byte[] value, String after) throws IOException {
            ByteBuffer all = ByteBuffer.allocate(before.length() + value.length + after.length());
            all.put(before.getBytes(StandardCharsets.US_ASCII)).put(value);
            send(all.put(after.getBytes(StandardCharsets.US_ASCII)).array());
        }

        private void send(byte[] bytes) throws IOException {
            out.write(bytes);
        }
    }
}
