package io.mempair.ha.bench;

import java.util.concurrent.TimeUnit;

/** Runs as the tests want them. */
final class Configs {

    private static final long LONG_NANOS = TimeUnit.MINUTES.toNanos(2);

    private Configs() {}

    /** Small values, ten keys, gets only, far longer than a test takes. */
    static BenchConfig gets(int port, int connections, int depth, int keysPerGet) {
        return run(port, connections, depth, 100, keysPerGet, 0, LONG_NANOS, false);
    }

    static BenchConfig reconnecting(int port, int connections) {
        return run(port, connections, 1, 100, 1, 0, LONG_NANOS, true);
    }

    static BenchConfig timingOut(int port, long timeoutNanos) {
        return run(port, 1, 1, 100, 1, 0, timeoutNanos, false);
    }

    static BenchConfig rate(int port, int connections, int rate) {
        return run(port, connections, 2, 50, 1, rate, LONG_NANOS, false);
    }

    private static BenchConfig run(
            int port,
            int connections,
            int depth,
            int getPercent,
            int keysPerGet,
            int rate,
            long timeoutNanos,
            boolean reconnect) {
        return new BenchConfig(
                "127.0.0.1",
                port,
                connections,
                depth,
                getPercent,
                keysPerGet,
                20,
                10,
                rate,
                0,
                rate > 0 ? TimeUnit.MILLISECONDS.toNanos(100) : LONG_NANOS,
                0,
                timeoutNanos,
                reconnect,
                1,
                0);
    }
}
