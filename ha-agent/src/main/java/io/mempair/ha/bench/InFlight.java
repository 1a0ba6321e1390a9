package io.mempair.ha.bench;

/** Requests of one connection that were sent and not yet answered, oldest first; a ring with a fixed number of places. */
final class InFlight {

    private final boolean[] set;
    private final int[] key;
    private final long[] intendedNanos;
    private final long[] sentNanos;
    private int head;
    private int size;

    InFlight(int places) {
        set = new boolean[places];
        key = new int[places];
        intendedNanos = new long[places];
        sentNanos = new long[places];
    }

    int size() {
        return size;
    }

    void add(Request request, long nowNanos) {
        if (size == key.length) {
            throw new IllegalStateException("all " + size + " places are taken");
        }
        int place = (head + size) % key.length;
        set[place] = request.set;
        key[place] = request.key;
        intendedNanos[place] = request.intendedNanos;
        sentNanos[place] = nowNanos;
        size++;
    }

    boolean isSet() {
        return set[head];
    }

    int key() {
        return key[head];
    }

    long intendedNanos() {
        return intendedNanos[head];
    }

    long sentNanos() {
        return sentNanos[head];
    }

    void remove() {
        head = (head + 1) % key.length;
        size--;
    }
}
