package io.mempair.ha.probe;

import io.mempair.ha.time.Clock;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Writes numbered keys one after the other and remembers which were acknowledged; reads those back at the end. It is one
 * client with one connection that connects again when it has to. The keys expire by themselves if the probe is ended before
 * it removes them. One thread of its own writes; the other methods belong to one caller.
 */
public final class WriteProbe implements AutoCloseable {

    /** No more keys than this are written and read back; at 5 ms a write five minutes' worth. */
    public static final int MAX_WRITES = 60_000;

    /** Seconds; long enough for the longest drill and the time to read back. */
    private static final int EXPTIME_SECONDS = 1_800;

    /** Reading back happens when nothing changes any more: what takes this long is lost. */
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration READ_PAUSE = Duration.ofMillis(500);

    /** Of one key. */
    private static final int READ_ATTEMPTS = 3;

    private static final int MAX_LINE_BYTES = 512;
    private static final int CLOSE_MILLIS = 5_000;

    private final ProbeTarget target;
    private final String prefix;
    private final Duration period;
    private final Clock clock;
    private final Thread writer = new Thread(this::writeOnAndOn, "drill-writes");
    private final BitSet acknowledged = new BitSet();
    private final AtomicInteger stored = new AtomicInteger();
    private volatile boolean ended;
    private int failed;
    private int connections;
    private @Nullable Connection connection;

    /**
     * @param run     makes the keys of this run differ from those of all others
     * @param period  between two writes
     */
    public WriteProbe(ProbeTarget target, long run, Duration period, Clock clock) {
        this.target = target;
        this.prefix = "mempair-drill-" + Long.toHexString(run) + '-';
        this.period = period;
        this.clock = clock;
        writer.setDaemon(true);
    }

    /** One connection; answers are read line by line. */
    private static final class Connection implements Closeable {

        private final Socket socket;
        private final InputStream in;

        Connection(ProbeTarget target, Duration timeout) throws IOException {
            socket = target.connect(timeout);
            in = new BufferedInputStream(socket.getInputStream());
        }

        /** Sends a request and returns the first line of its answer. */
        String ask(String request) throws IOException {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return line();
        }

        String line() throws IOException {
            StringBuilder line = new StringBuilder();
            while (line.length() < MAX_LINE_BYTES) {
                int next = in.read();
                if (next < 0) {
                    throw new EOFException("the connection was closed");
                }
                if (next == '\n') {
                    return line.toString().stripTrailing();
                }
                line.append((char) next);
            }
            throw new IOException("a line without an end");
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** Begins; writes go on until {@link #finish}. */
    public void start() {
        writer.start();
    }

    /** Acknowledged so far. Any thread. */
    public int acknowledged() {
        return stored.get();
    }

    private void writeOnAndOn() {
        for (int number = 0; number < MAX_WRITES && !ended; number++) {
            if (write(number)) {
                acknowledged.set(number);
                stored.incrementAndGet();
            } else {
                failed++;
            }
            clock.pause(period);
        }
        disconnect();
    }

    private boolean write(int number) {
        String value = value(number);
        try {
            return connected(Probe.ATTEMPT_TIMEOUT)
                    .ask("set " + key(number) + " 0 " + EXPTIME_SECONDS + ' ' + value.length() + "\r\n" + value
                            + "\r\n")
                    .equals("STORED");
        } catch (IOException e) {
            disconnect();
            return false;
        }
    }

    private String key(int number) {
        return prefix + number;
    }

    private static String value(int number) {
        return "value-" + number;
    }

    private Connection connected(Duration timeout) throws IOException {
        Connection open = connection;
        if (open == null) {
            open = new Connection(target, timeout);
            connection = open;
            connections++;
        }
        return open;
    }

    private void disconnect() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // it is of no use any more
            }
        }
    }

    /** Ends the writes, reads back what was acknowledged and removes it. */
    public WriteSummary finish() throws InterruptedException {
        stop();
        int connectionsOfWriter = connections;
        int lost = 0;
        for (int number = acknowledged.nextSetBit(0); number >= 0; number = acknowledged.nextSetBit(number + 1)) {
            if (!isThere(number)) {
                lost++;
            }
        }
        disconnect();
        return new WriteSummary(acknowledged.cardinality(), failed, lost, connectionsOfWriter);
    }

    private boolean isThere(int number) {
        for (int attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
            try {
                return readAndDelete(number);
            } catch (IOException e) {
                disconnect();
                clock.pause(READ_PAUSE);
            }
        }
        return false;
    }

    private boolean readAndDelete(int number) throws IOException {
        Connection open = connected(READ_TIMEOUT);
        String value = value(number);
        String first = open.ask("get " + key(number) + "\r\n");
        boolean there = first.startsWith("VALUE ");
        if (there) {
            there = open.line().equals(value);
            first = open.line();
        }
        if (!first.equals("END")) {
            throw new IOException("an answer that is none: " + first);
        }
        if (there) {
            open.ask("delete " + key(number) + "\r\n");
        }
        return there;
    }

    private void stop() throws InterruptedException {
        ended = true;
        writer.interrupt();
        writer.join(CLOSE_MILLIS);
    }

    @Override
    public void close() {
        ended = true;
        writer.interrupt();
    }
}
