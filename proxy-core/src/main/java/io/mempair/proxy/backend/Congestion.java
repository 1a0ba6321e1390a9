package io.mempair.proxy.backend;

import java.util.ArrayDeque;

/**
 * Whether any server of this loop has more in flight than is good; clients are not read then, so that a
 * bound reached slows the sender down instead of failing him. Confined to its loop.
 */
public final class Congestion {

    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private int congestedServers;

    /** Whether clients should not be read now. */
    public boolean present() {
        return congestedServers > 0;
    }

    /** Runs {@code resume} once when the congestion is over. */
    public void whenOver(Runnable resume) {
        waiting.add(resume);
    }

    void changed(boolean congested) {
        congestedServers += congested ? 1 : -1;
        if (congestedServers == 0) {
            for (int left = waiting.size(); left > 0 && congestedServers == 0; left--) {
                waiting.remove().run();
            }
        }
    }
}
