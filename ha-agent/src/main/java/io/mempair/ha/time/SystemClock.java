package io.mempair.ha.time;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The clock of this machine. */
public final class SystemClock implements Clock {

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public void pause(Duration duration) {
        LockSupport.parkNanos(duration.toNanos());
    }
}
