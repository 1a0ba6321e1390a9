package io.mempair.ha.time;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The clock of this machine. */
public final class SystemClock implements Clock {

    /** proc(5): seconds, with two digits behind the point. */
    private static final String UPTIME = "/proc/uptime";

    private static final int MAX_BYTES = 64;

    /**
     * Stays open: a process that may open no more files must still know the time. No channel, which an interrupt would close.
     * Guarded by the class; null while it cannot be opened.
     */
    private static @Nullable RandomAccessFile uptime;

    static {
        try {
            uptime = opened();
        } catch (IOException e) {
            uptime = null; // tried again when it is asked for, and said then
        }
    }

    private static RandomAccessFile opened() throws FileNotFoundException {
        return new RandomAccessFile(UPTIME, "r");
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long hostMillis() {
        try {
            String seconds = read();
            int point = seconds.indexOf('.');
            return Long.parseLong(seconds.substring(0, point)) * 1_000
                    + Long.parseLong(seconds.substring(point + 1, point + 3)) * 10;
        } catch (IOException e) {
            throw new UncheckedIOException(UPTIME + ": " + e, e);
        }
    }

    private static String read() throws IOException {
        byte[] bytes = new byte[MAX_BYTES];
        synchronized (SystemClock.class) {
            RandomAccessFile file = uptime;
            if (file == null) {
                file = opened();
                uptime = file;
            }
            file.seek(0); // the kernel writes it anew for who reads from its beginning
            int length = file.read(bytes);
            return new String(bytes, 0, Math.max(0, length), StandardCharsets.US_ASCII);
        }
    }

    @Override
    public void pause(Duration duration) {
        LockSupport.parkNanos(duration.toNanos());
    }
}
