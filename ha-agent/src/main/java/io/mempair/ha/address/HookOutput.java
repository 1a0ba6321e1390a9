package io.mempair.ha.address;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Reads a hook's output to its end and keeps the beginning, then ends what the program left behind with its output open.
 * Its own thread does both; any thread may query.
 */
final class HookOutput {

    /** Bytes kept; later output is discarded. */
    static final int MAX_BYTES = 4_096;

    /** Time for a program to end after it was killed, and for a child that was just started to redirect its output. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final byte[] kept = new byte[MAX_BYTES];
    private final CountDownLatch ended = new CountDownLatch(1);
    private int length;
    private boolean cut;

    /** @param limit  time within which the program ends, or is killed by who started it */
    HookOutput(Process process, Duration limit, String event) {
        Thread reader = new Thread(
                () -> {
                    read(process.getInputStream());
                    endLeftovers(process, limit);
                },
                "mempair-hook-" + event);
        reader.setDaemon(true);
        reader.start();
    }

    private void read(InputStream in) {
        byte[] some = new byte[MAX_BYTES];
        try (in) {
            for (int count = in.read(some); count >= 0; count = in.read(some)) {
                keep(some, count);
            }
        } catch (IOException e) {
            // the process was killed
        } finally {
            ended.countDown();
        }
    }

    /**
     * The JDK closes the stream of a program that has ended unless a read already waits in it. Then the end of the output
     * comes although a child still holds it, so who holds it is asked of the kernel. A shell can end before the child
     * that it started last has redirected its output, so the question is repeated.
     */
    private static void endLeftovers(Process process, Duration limit) {
        try {
            if (process.waitFor(limit.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS)) {
                ProcessGroup group = new ProcessGroup(process.pid());
                if (group.holdsPipe() && !group.awaitEnd(GRACE) && group.holdsPipe()) {
                    group.kill();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void keep(byte[] some, int count) {
        int taken = Math.min(count, MAX_BYTES - length);
        System.arraycopy(some, 0, kept, length, taken);
        length += taken;
        cut |= taken < count;
    }

    /** Waits until the output ends, which a child that holds it can delay; returns whether it has. */
    boolean awaitEnd(Duration limit) throws InterruptedException {
        return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** The output so far, without empty lines. */
    synchronized List<String> lines() {
        String text = new String(kept, 0, length, StandardCharsets.UTF_8) + (cut ? "\n(more is not shown)" : "");
        return text.lines().filter(line -> !line.isBlank()).toList();
    }
}
