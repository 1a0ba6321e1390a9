package io.mempair.ha.time;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The clock of this machine. */
public final class SystemClock implements Clock {

    /** proc(5): seconds, with two digits behind the point. */
    private static final Path UPTIME = Path.of("/proc/uptime");

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
            String seconds = Files.readString(UPTIME, StandardCharsets.US_ASCII);
            int point = seconds.indexOf('.');
            return Long.parseLong(seconds.substring(0, point)) * 1_000
                    + Long.parseLong(seconds.substring(point + 1, point + 3)) * 10;
        } catch (IOException e) {
            throw new UncheckedIOException(UPTIME + ": " + e, e);
        }
    }

    @Override
    public void pause(Duration duration) {
        LockSupport.parkNanos(duration.toNanos());
    }
}
