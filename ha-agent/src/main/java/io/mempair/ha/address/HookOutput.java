package io.mempair.ha.address;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Reads a hook's output to its end and keeps the beginning. Its own thread reads; any thread may query. */
final class HookOutput {

    /** Bytes kept; later output is discarded. */
    static final int MAX_BYTES = 4_096;

    private final byte[] kept = new byte[MAX_BYTES];
    private final CountDownLatch ended = new CountDownLatch(1);
    private int length;
    private boolean cut;

    HookOutput(InputStream in, String event) {
        Thread reader = new Thread(() -> read(in), "mempair-hook-" + event);
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

    private synchronized void keep(byte[] some, int count) {
        int taken = Math.min(count, MAX_BYTES - length);
        System.arraycopy(some, 0, kept, length, taken);
        length += taken;
        cut |= taken < count;
    }

    /** Waits until no process holds the other end; returns whether that is so. */
    boolean awaitEnd(Duration limit) throws InterruptedException {
        return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** The output so far, without empty lines. */
    synchronized List<String> lines() {
        String text = new String(kept, 0, length, StandardCharsets.UTF_8) + (cut ? "\n(more is not shown)" : "");
        return text.lines().filter(line -> !line.isBlank()).toList();
    }
}
