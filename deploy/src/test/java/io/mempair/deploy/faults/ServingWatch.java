package io.mempair.deploy.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Asks both nodes at their own addresses every few milliseconds, as no client does. Only the active node's port is open, so an answer of one
 * in the middle of answers of the other shows two that serve, whoever the network sends the clients to.
 */
final class ServingWatch implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofMillis(10);
    private static final int LIMIT_MILLIS = 50;

    /** Two answers further apart are no stretch of serving. */
    private static final long STRETCH_NANOS = Duration.ofMillis(100).toNanos();

    /** One answer: when it was asked for and when it came. */
    record Answer(long begunNanos, long endNanos) {}

    private final List<Asker> askers = new ArrayList<>();
    private volatile boolean closed;

    /** @param addresses  of the two nodes, by name */
    ServingWatch(Map<String, String> addresses, int port) {
        addresses.forEach((node, address) -> askers.add(new Asker(node, address, port)));
    }

    void start() {
        askers.forEach(Thread::start);
    }

    /** Answers of one node that came in the middle of the other's; each stands for about 10 ms. */
    int answersWhileTheOtherServed() {
        return strangers(askers.get(0).answers, askers.get(1).answers)
                + strangers(askers.get(1).answers, askers.get(0).answers);
    }

    /** Answers that were asked for after an answer of {@code others} had come and came before the next of those was asked for. */
    static int strangers(List<Answer> answers, List<Answer> others) {
        int found = 0;
        int next = 0;
        for (Answer answer : answers) {
            while (next < others.size() && others.get(next).endNanos() < answer.begunNanos()) {
                next++;
            }
            // others[next - 1] came before this one was asked for; the first that was asked for after it came
            int after = next;
            while (after < others.size() && others.get(after).begunNanos() <= answer.endNanos()) {
                after++;
            }
            if (next > 0
                    && after < others.size()
                    && others.get(after).begunNanos() - others.get(next - 1).endNanos() <= STRETCH_NANOS) {
                found++;
            }
        }
        return found;
    }

    @Override
    public void close() {
        closed = true;
        try {
            for (Asker asker : askers) {
                asker.join(1_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Asker extends Thread {
        private final String address;
        private final int port;
        private final List<Answer> answers = new ArrayList<>();

        Asker(String node, String address, int port) {
            super("asks-" + node);
            this.address = address;
            this.port = port;
            setDaemon(true);
        }

        @Override
        public void run() {
            while (!closed) {
                long begun = System.nanoTime();
                if (Reader.answers(address, port, LIMIT_MILLIS)) {
                    answers.add(new Answer(begun, System.nanoTime()));
                }
                Waiting.last(PERIOD.minusNanos(System.nanoTime() - begun));
            }
        }
    }
}
