package io.mempair.proxy.server;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a health check must know of: a port that is open says nothing of the loops behind it. Pure. */
final class Ailments {

    /** A loop comes round every 100 ms; one that is so late serves nobody, whatever holds it up. */
    static final long STUCK_NANOS = 2_000_000_000L;

    private Ailments() {}

    /**
     * A line for each, empty when all is well.
     *
     * @param broken        what ended a loop, or null
     * @param silenceNanos  how long each loop has not come round
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
