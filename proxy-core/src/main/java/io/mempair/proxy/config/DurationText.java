package io.mempair.proxy.config;

import java.time.Duration;

/** Durations as an operator writes them, {@code 500ms} and {@code 2m}, for messages: never as Java has them, {@code PT0.5S}. Pure. */
public final class DurationText {

    private static final int NANOS_A_MICRO = 1_000;
    private static final int NANOS_A_MILLI = 1_000_000;
    private static final int SECONDS_A_MINUTE = 60;

    private DurationText() {}

    /** In the largest unit of the file that leaves no rest; a file has none below {@code us}, and {@code m} is the largest. */
    public static String of(Duration duration) {
        int restNanos = duration.toNanosPart();
        if (restNanos != 0) {
            return restNanos % NANOS_A_MILLI == 0
                    ? duration.toMillis() + "ms"
                    : duration.toNanos() / NANOS_A_MICRO + "us";
        }
        long seconds = duration.toSeconds();
        return seconds != 0 && seconds % SECONDS_A_MINUTE == 0 ? seconds / SECONDS_A_MINUTE + "m" : seconds + "s";
    }
}
