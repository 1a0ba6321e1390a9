package io.mempair.proxy.frontend;

/** Counts the sweeps in which one client was idle. Confined to the client's loop. */
final class SilentSweeps {

    private boolean heard = true;
    private int silent;

    /** Bytes have arrived. */
    void heard() {
        heard = true;
    }

    /**
     * Counts a sweep.
     *
     * @param busy  whether the client is more than silent: it waits for something, or something of it waits
     * @return the sweeps in a row in which it was neither heard nor busy, this one included
     */
    int sweep(boolean busy) {
        silent = busy || heard ? 0 : silent + 1;
        heard = false;
        return silent;
    }
}
