package io.mempair.deploy.chaos;

import java.io.IOException;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A client that writes keys of its own, reads them back, and believes nothing: a value that the key cannot have is a lie. An
 * error or a lost connection is none; it connects again. Runs on a thread of its own between {@link #start} and {@link #close}.
 */
final class Customer implements AutoCloseable {

    private static final int KEYS = 200;
    private static final int KEYS_A_READ = 20;
    private static final int LARGE_VALUE = 40_000;

    private final ChaosReport report;
    private final String host;
    private final int port;
    private final String prefix;
    private final SplittableRandom random;
    private final Lock mayAsk;
    private final KeyTruth[] truths = new KeyTruth[KEYS];
    private final Thread thread = new Thread(this::run, "customer");
    private final AtomicLong answers = new AtomicLong();
    private volatile boolean over;
    private long serial;

    @Nullable
    private TextConnection connection;

    /** @param pause  held for writing while no client may ask */
    Customer(ChaosReport report, String host, int port, int number, long seed, ReentrantReadWriteLock pause) {
        this.report = report;
        this.host = host;
        this.port = port;
        this.prefix = "c" + number + '-';
        this.random = new SplittableRandom(seed * 31 + number);
        this.mayAsk = pause.readLock();
        for (int i = 0; i < KEYS; i++) {
            truths[i] = new KeyTruth();
        }
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Everything was flushed: no key has a value. Only while no client may ask. */
    void forgetAll() {
        for (KeyTruth truth : truths) {
            truth.is(KeyTruth.NONE);
        }
    }

    long answers() {
        return answers.get();
    }

    private void run() {
        while (!over) {
            mayAsk.lock();
            try {
                once();
            } catch (RuntimeException | Error e) {
                report.lie("a client of the soak failed: " + e);
                return;
            } finally {
                mayAsk.unlock();
            }
        }
        hangUp();
    }

    private void once() {
        try {
            TextConnection open = connection;
            if (open == null) {
                open = new TextConnection(host, port);
                connection = open;
            }
            request(open, random.nextInt(KEYS));
            answers.incrementAndGet();
            report.answered();
        } catch (TextConnection.ErrorAnswer e) {
            report.failed(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            report.failed(String.valueOf(e));
            hangUp();
        }
    }

    private void request(TextConnection open, int key) throws IOException {
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> store(open, key, "set");
            case 3 -> store(open, key, "add");
            case 4 -> delete(open, key);
            case 5, 6 -> readMany(open, key);
            default -> check(key, open, "get " + prefix + key + "\r\n", 1);
        }
    }

    private void store(TextConnection open, int key, String command) throws IOException {
        String value = prefix + key + '=' + serial++ + "x".repeat(random.nextInt(20) == 0 ? LARGE_VALUE : 0);
        boolean adds = command.equals("add");
        KeyTruth truth = truths[key];
        if (!adds || truth.allows(KeyTruth.NONE)) {
            // until the answer is there, and for ever if none comes
            truth.mayBe(value);
        }
        String answer = ask(
                open,
                truth,
                command + ' ' + shortened(value),
                command + ' ' + prefix + key + " 0 0 " + value.length() + "\r\n" + value + "\r\n");
        switch (answer) {
            case "STORED" -> {
                if (adds && !truth.allows(value)) {
                    report.lie("add of " + prefix + key + " stored over " + shortened(truth));
                }
                truth.is(value);
            }
            case "NOT_STORED" -> {
                if (!adds || (truth.isCertain() && truth.allows(KeyTruth.NONE))) {
                    report.lie(command + " of " + prefix + key + " not stored: " + shortened(truth));
                }
            }
            default -> throw new TextConnection.ErrorAnswer(answer);
        }
    }

    private void delete(TextConnection open, int key) throws IOException {
        KeyTruth truth = truths[key];
        truth.mayBe(KeyTruth.NONE);
        String answer = ask(open, truth, "delete", "delete " + prefix + key + "\r\n");
        if (!answer.equals("DELETED") && !answer.equals("NOT_FOUND")) {
            throw new TextConnection.ErrorAnswer(answer);
        }
        truth.is(KeyTruth.NONE);
    }

    /** @param what  for the history of the key */
    private static String ask(TextConnection open, KeyTruth truth, String what, String request) throws IOException {
        truth.note(what + " by " + open);
        try {
            String answer = open.ask(request);
            truth.note("   " + answer);
            return answer;
        } catch (IOException e) {
            truth.note("   " + e);
            throw e;
        }
    }

    private void readMany(TextConnection open, int first) throws IOException {
        StringBuilder line = new StringBuilder("get");
        for (int i = 0; i < KEYS_A_READ; i++) {
            line.append(' ').append(prefix).append((first + i) % KEYS);
        }
        check(first, open, line.append("\r\n").toString(), KEYS_A_READ);
    }

    private void check(int first, TextConnection open, String line, int count) throws IOException {
        open.send(line);
        Map<String, String> values = open.values();
        for (int i = 0; i < count; i++) {
            int key = (first + i) % KEYS;
            String value = values.getOrDefault(prefix + key, KeyTruth.NONE);
            truths[key].note("read " + shortened(value) + " by " + open);
            if (!truths[key].allows(value)) {
                report.lie(prefix + key + " read as '" + shortened(value) + "' (expected: " + shortened(truths[key])
                        + ")\n      " + truths[key].history());
                truths[key].is(value);
            }
        }
    }

    /** Reads every key until that succeeds or {@code attempts} are over; the client must have ended. */
    void readAll(int attempts) {
        for (int first = 0; first < KEYS; first += KEYS_A_READ) {
            for (int attempt = 0; ; attempt++) {
                try (TextConnection open = new TextConnection(host, port)) {
                    readMany(open, first);
                    break;
                } catch (IOException e) {
                    if (attempt == attempts) {
                        report.lie(prefix + first + " and more cannot be read at the end: " + e);
                        break;
                    }
                }
            }
        }
    }

    private static String shortened(Object text) {
        return text.toString().replaceAll("x{20,}", "x...");
    }

    private void hangUp() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join(5L * TextConnection.PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            report.lie("a client of the soak waits for ever");
        }
    }
}
