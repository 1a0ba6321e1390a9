package io.mempair.proxy.backend;

import java.util.ArrayDeque;

/**
 * Stops reading clients while any server of this loop has too much in flight, or while a reload waits for requests to
 * finish. Clients are slowed down instead of getting errors. Confined to its loop.
 */
public final class Backpressure {

    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    /** Number of servers with too much in flight, plus holds. */
    private int reasons;

    /** Whether reading clients is suspended. */
    public boolean present() {
        return reasons > 0;
    }

    /** Runs {@code resume} once when reading may resume. */
    public void whenOver(Runnable resume) {
        waiting.add(resume);
    }

    /** Suspends reading until {@link #release}, which must follow exactly once. */
    public void hold() {
        changed(true);
    }

    /** Ends a {@link #hold}. */
    public void release() {
        changed(false);
    }

    void changed(boolean overloaded) {
        reasons += overloaded ? 1 : -1;
        if (reasons == 0) {
            for (int left = waiting.size(); left > 0 && reasons == 0; left--) {
                waiting.remove().run();
            }
        }
    }
}
