package io.mempair.deploy.faults;

import io.mempair.ha.probe.ProbeOutcome;
import io.mempair.ha.probe.ProbeSummary;
import io.mempair.ha.probe.ProbeTally;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client with one connection that it keeps until an error: writes a new key every few milliseconds and remembers those that were
 * acknowledged. It takes {@link #SILENCE} without an answer for an error too, so that a host that is gone is noticed at all.
 */
final class WritingClient implements AutoCloseable {

    /** How long it waits for a connection or an answer. */
    static final Duration SILENCE = Duration.ofMillis(250);

    private static final int MAX_ANSWER_BYTES = 512;

    private final InetSocketAddress address;
    private final String prefix;
    private final long periodNanos;
    private final ProbeTally tally;
    private final List<String> acknowledged = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "writer");
    private volatile boolean closed;
    private volatile long firstAnswerNanos;

    @Nullable
    private Socket socket;

    /** @param prefix  of the keys; a run's own, so that no key is written twice */
    WritingClient(String host, int port, String prefix, Duration period) {
        this.address = new InetSocketAddress(host, port);
        this.prefix = prefix;
        this.periodNanos = period.toNanos();
        this.tally = new ProbeTally(periodNanos, System.nanoTime());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** When the first write was acknowledged, or 0. */
    long firstAnswerNanos() {
        return firstAnswerNanos;
    }

    private void run() {
        long due = System.nanoTime();
        for (int number = 0; !closed; number++) {
            due = Math.max(due + periodNanos, System.nanoTime());
            write(prefix + number);
            Waiting.last(Duration.ofNanos(due - System.nanoTime()));
        }
        hangUp();
    }

    private void write(String key) {
        long begunNanos = System.nanoTime();
        ProbeOutcome outcome;
        try {
            String answer = ask("set " + key + " 0 0 " + key.length() + "\r\n" + key + "\r\n");
            outcome = answer.equals("STORED") ? ProbeOutcome.ANSWERED : ProbeOutcome.ERROR;
        } catch (SocketTimeoutException e) {
            outcome = ProbeOutcome.TIMEOUT;
        } catch (IOException e) {
            outcome = ProbeOutcome.RESET;
        }
        if (outcome == ProbeOutcome.ANSWERED) {
            acknowledged.add(key);
            firstAnswerNanos = firstAnswerNanos == 0 ? System.nanoTime() : firstAnswerNanos;
        } else {
            hangUp();
        }
        tally.record(outcome, begunNanos, System.nanoTime());
    }

    private String ask(String request) throws IOException {
        Socket open = socket;
        if (open == null) {
            open = new Socket();
            socket = open;
            open.setTcpNoDelay(true);
            open.connect(address, (int) SILENCE.toMillis());
            open.setSoTimeout((int) SILENCE.toMillis());
        }
        open.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return line(open);
    }

    private static String line(Socket open) throws IOException {
        var line = new StringBuilder();
        for (int read = open.getInputStream().read();
                read != '\n';
                read = open.getInputStream().read()) {
            if (read < 0 || line.length() >= MAX_ANSWER_BYTES) {
                throw new IOException("no answer");
            }
            line.append((char) read);
        }
        return line.toString().strip();
    }

    private void hangUp() {
        Socket open = socket;
        socket = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // it is of no use any more, closed or not
            }
        }
    }

    /** Ends it; after that the other methods tell what it saw. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new FaultFailure("the writing client does not end");
        }
    }

    ProbeSummary summary() {
        return tally.summary(System.nanoTime());
    }

    /** The keys whose write was acknowledged; the value of each is its name. */
    List<String> acknowledged() {
        return acknowledged;
    }
}
