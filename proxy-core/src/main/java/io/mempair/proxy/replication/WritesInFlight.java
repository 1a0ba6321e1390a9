package io.mempair.proxy.replication;

/** Waits for writes of all loops, in one pass over the stripes. Confined to its loop. */
public final class WritesInFlight {

    private final WriteOrder order;
    private final Runnable then;
    private int stripesLeft = Stripes.COUNT;

    private WritesInFlight(WriteOrder order, Runnable then) {
        this.order = order;
        this.then = then;
    }

    /**
     * Runs {@code task} once every write that has begun so far, on any loop, has ended. Unlike {@link WriteOrder#global} it holds up
     * nothing, except for a moment a stripe behind its own writes.
     */
    public static void awaitAll(WriteOrder order, Runnable task) {
        WritesInFlight writes = new WritesInFlight(order, task);
        for (int stripe = 0; stripe < Stripes.COUNT; stripe++) {
            writes.await(stripe);
        }
    }

    private void await(int stripe) {
        order.exclusive(stripe, () -> {
            order.ended(stripe);
            if (--stripesLeft == 0) {
                then.run();
            }
        });
    }
}
