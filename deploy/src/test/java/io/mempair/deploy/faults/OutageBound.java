package io.mempair.deploy.faults;

/** How long the median outage of a row may last. */
enum OutageBound {
    /** Somebody asked for it: the nodes hand over. */
    PLANNED(60, 60, 60, 60),
    /** The kernel tells the peer; a witness has to wait for the end of its promise. */
    CRASH(80, 80, 900, 450),
    /** Only silence tells. */
    SILENCE(1_100, 450, 1_100, 450),
    /** Half of the conversation goes on. */
    ONE_WAY(1_500, 800, 1_500, 800),
    /** Nothing that a client could notice; the rest is room for a busy machine. */
    NONE(100, 100, 100, 100),
    /** A hook says no; the other node has a second. */
    HOOK_FAILS(1_000, 1_000, 1_000, 1_000),
    /** A hook says nothing for its 500 ms. */
    HOOK_HANGS(1_500, 1_500, 1_500, 1_500),
    UNBOUNDED(-1, -1, -1, -1);

    private final long pairMillis;
    private final long pairFastMillis;
    private final long witnessMillis;
    private final long witnessFastMillis;

    OutageBound(long pairMillis, long pairFastMillis, long witnessMillis, long witnessFastMillis) {
        this.pairMillis = pairMillis;
        this.pairFastMillis = pairFastMillis;
        this.witnessMillis = witnessMillis;
        this.witnessFastMillis = witnessFastMillis;
    }

    /** Negative: no bound. */
    long limitMillis(Options options) {
        if (options.witness()) {
            return options.fast() ? witnessFastMillis : witnessMillis;
        }
        return options.fast() ? pairFastMillis : pairMillis;
    }
}
