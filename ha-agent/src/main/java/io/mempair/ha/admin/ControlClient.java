package io.mempair.ha.admin;

import io.mempair.ha.time.Timers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/**
 * Asks a running node over its control socket. Each exchange has one limit for its whole length, from connecting on: the process
 * may be stopped, and then the kernel still takes connections for it until their queue is full.
 */
public final class ControlClient {

    /** For what a node answers at once. */
    public static final Duration QUESTION_LIMIT = Duration.ofSeconds(5);

    /** For what a node does before it answers: longer than it takes for its slowest command. */
    public static final Duration ACTION_LIMIT = Duration.ofSeconds(20);

    /** Far above the metrics of a node with the most servers. */
    private static final int MAX_ANSWER_BYTES = 16 << 20;

    private static final int SOME_BYTES = 1 << 16;

    private ControlClient() {}

    /** What is read of a connection; {@code answered} is told when the node has begun to answer. */
    private interface AnswerReader {
        void read(SocketChannel channel, Runnable answered) throws IOException;
    }

    /**
     * Sends one command and takes the answer line by line as it comes, the first with its leading {@code ok} or {@code error}.
     * The first line has to come within {@link #QUESTION_LIMIT}.
     *
     * @param limit  for the whole answer
     * @param line   says whether it wants more; if not, the connection is closed
     * @throws IOException if nobody answers, or the answer does not end
     */
    public static void follow(Path control, String command, Duration limit, Predicate<String> line) throws IOException {
        exchange(control, command, QUESTION_LIMIT, limit, (channel, answered) -> {
            ByteBuffer some = ByteBuffer.allocate(SOME_BYTES);
            StringBuilder pending = new StringBuilder();
            while (channel.read(some.clear()) >= 0) {
                answered.run();
                // lines are ASCII
                pending.append(StandardCharsets.US_ASCII.decode(some.flip()));
                for (int end = pending.indexOf("\n"); end >= 0; end = pending.indexOf("\n")) {
                    if (!line.test(pending.substring(0, end))) {
                        return;
                    }
                    pending.delete(0, end + 1);
                }
            }
        });
    }

    /** As {@link #ask(Path, String, Duration)}, for what a node answers at once. */
    public static String ask(Path control, String question) throws IOException {
        return ask(control, question, QUESTION_LIMIT);
    }

    /**
     * Sends one command and waits for the whole answer.
     *
     * @param limit  for the whole exchange
     * @return the answer with its leading {@code ok} or {@code error}, without the final line feed
     * @throws IOException if nobody answers in time
     */
    public static String ask(Path control, String command, Duration limit) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        exchange(control, command, limit, limit, (channel, answered) -> {
            ByteBuffer some = ByteBuffer.allocate(SOME_BYTES);
            while (channel.read(some.clear()) >= 0) {
                answer.write(some.array(), 0, some.position());
                if (answer.size() > MAX_ANSWER_BYTES) {
                    throw new IOException("answer longer than " + MAX_ANSWER_BYTES + " bytes");
                }
            }
        });
        return answer.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    /** A timer closes the connection at its limit, which ends whatever this thread waits for. */
    private static void exchange(Path control, String command, Duration firstLimit, Duration limit, AnswerReader reader)
            throws IOException {
        AtomicBoolean answered = new AtomicBoolean();
        AtomicBoolean late = new AtomicBoolean();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Timers timers = new Timers("mempair-control-limit")) {
            timers.after(limit, () -> end(channel, late));
            if (firstLimit.compareTo(limit) < 0) {
                timers.after(firstLimit, () -> {
                    if (!answered.get()) {
                        end(channel, late);
                    }
                });
            }
            channel.connect(UnixDomainSocketAddress.of(control));
            channel.write(ByteBuffer.wrap((command + '\n').getBytes(StandardCharsets.UTF_8)));
            reader.read(channel, () -> answered.set(true));
        } catch (ClosedChannelException e) {
            if (!late.get()) {
                throw e;
            }
            Duration passed = answered.get() || limit.compareTo(firstLimit) < 0 ? limit : firstLimit;
            var timeout = new SocketTimeoutException(
                    "no answer within " + shown(passed) + ": its process is stopped, or this host has no time for it");
            timeout.initCause(e);
            throw timeout;
        }
    }

    private static void end(SocketChannel channel, AtomicBoolean late) {
        late.set(true);
        try {
            channel.close();
        } catch (IOException e) {
            // it is closed all the same
        }
    }

    private static String shown(Duration limit) {
        long millis = (limit.toMillis() + 9) / 10 * 10; // of a timeout some has passed when it is asked
        return millis % 1_000 == 0 ? millis / 1_000 + " s" : millis + " ms";
    }
}
