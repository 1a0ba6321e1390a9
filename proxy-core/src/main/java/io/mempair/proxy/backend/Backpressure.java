package io.mempair.proxy.backend;

import java.util.ArrayDeque;

/**
 * Whether any server of this loop has more in flight than is good, or a change of the servers is to find no request under
 * way; clients are not read then, so that they are slowed down instead of failed. Confined to its loop.
 */
public final class Backpressure {

    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    /** Servers with too much in flight, and holds. */
    private int reasons;

    /** Whether clients should not be read now. */
    public boolean present() {
        return reasons > 0;
    }

    /** Runs {@code resume} once when the congestion is over. */
    public void whenOver(Runnable resume) {
        waiting.add(resume);
    }

    /** Has clients not read until {@link #release}, which must follow exactly once. */
    public void hold() {
        changed(true);
    }

    /** The reason of a {@link #hold} is gone. */
    public void release() {
        changed(false);
    }

    void changed(boolean congested) {
        reasons += congested ? 1 : -1;
        if (reasons == 0) {
            for (int left = waiting.size(); left > 0 && reasons == 0; left--) {
                waiting.remove().run();
            }
        }
    }
}
