package io.mempair.deploy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients of a port on the loopback that write and read back every millisecond, each on one connection, and believe nothing: an
 * error, a wrong value or a lost connection ends the load and fails the test.
 */
final class VerifiedLoad implements AutoCloseable {

    /** A fraction of what a processor can do: the program that is tested needs the rest. */
    private static final long PAUSE_NANOS = 1_000_000;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<Long>> clients = new ArrayList<>();
    private volatile boolean over;

    VerifiedLoad(int port, int count) {
        for (int i = 0; i < count; i++) {
            String prefix = "c" + i + '-';
            clients.add(threads.submit(() -> run(port, prefix)));
        }
    }

    private long run(int port, String prefix) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5_000);
            socket.setTcpNoDelay(true);
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            long requests = 0;
            for (int round = 0; !over; round++) {
                String key = prefix + round % 50;
                String value = key + '=' + round;
                socket.getOutputStream()
                        .write(("set " + key + " 0 0 " + value.length() + "\r\n" + value + "\r\nget " + key + "\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                expect("STORED", in.readLine());
                String line = in.readLine();
                if (line != null && line.startsWith("VALUE " + key + " 0 ")) {
                    String got = String.valueOf(in.readLine());
                    if (!got.startsWith(key + '=')) {
                        throw new AssertionError("another key's value for " + key + ": " + got);
                    }
                    line = in.readLine();
                }
                expect("END", line);
                requests += 2;
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            return requests;
        }
    }

    private static void expect(String expected, String line) {
        if (!expected.equals(line)) {
            throw new AssertionError("expected " + expected + ", got " + line);
        }
    }

    /** Ends the load; returns the requests that were all answered rightly. */
    long end() throws InterruptedException, ExecutionException, TimeoutException {
        over = true;
        long requests = 0;
        for (Future<Long> client : clients) {
            requests += client.get(10, TimeUnit.SECONDS);
        }
        return requests;
    }

    @Override
    public void close() {
        over = true;
        threads.shutdownNow();
    }
}
