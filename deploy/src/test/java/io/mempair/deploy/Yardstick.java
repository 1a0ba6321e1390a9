package io.mempair.deploy;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How fast the processors of this machine are, by the work that {@code lib/progress.sh} measures them with: bounds of processor time
 * are written for a machine that does it in one second.
 */
final class Yardstick {

    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** User time in milliseconds of the loops: what others do meanwhile is not in it. */
    private static final String LOOPS = "for ((i = 0; i < 800000; i++)); do :; done; times";

    private Yardstick() {}

    /** A bound of processor time in that of this machine; never less than it was. */
    static Duration here(Duration bound) {
        String said = Run.of(Map.of("LC_ALL", "C"), LIMIT, List.of("bash", "-c", LOOPS))
                .orFail();
        String[] minutes = said.split("[ms]");
        double seconds = Integer.parseInt(minutes[0]) * 60 + Double.parseDouble(minutes[1]);
        return seconds <= 1 ? bound : Duration.ofMillis((long) (bound.toMillis() * seconds));
    }
}
