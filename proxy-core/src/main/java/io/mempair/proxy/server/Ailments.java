package io.mempair.proxy.server;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The problems a health check must report: an open port does not prove that the loops behind it work. Pure. */
final class Ailments {

    /** Nanoseconds; a healthy loop makes a turn every 100 ms, one this late serves nobody. */
    static final long STUCK_NANOS = 2_000_000_000L;

    private Ailments() {}

    /**
     * One line per problem; empty if there is none.
     *
     * @param broken        what ended a loop, or null
     * @param silenceNanos  nanoseconds since the last turn of each loop
     */
    static List<String> of(@Nullable Throwable broken, long[] silenceNanos) {
        List<String> lines = new ArrayList<>();
        if (broken != null) {
            lines.add("the proxy cannot go on: " + broken);
        }
        for (int i = 0; i < silenceNanos.length; i++) {
            if (silenceNanos[i] >= STUCK_NANOS) {
                lines.add("event loop " + i + " has not come round for " + silenceNanos[i] / 1_000_000 + " ms");
            }
        }
        return lines;
    }
}
