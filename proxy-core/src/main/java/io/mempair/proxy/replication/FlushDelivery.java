package io.mempair.proxy.replication;

/**
 * Whether one server has received the pending {@code flush_all}, and whether it may receive one. Any thread; the lock of its
 * {@link ReplicaState} guards it.
 */
public final class FlushDelivery {

    private final ReplicaState replica;

    /** Whether it received the pending flush, if there is one. */
    private boolean received = true;

    /** Whether a verified flush hides old items: a delayed flush would make memcached show them again. */
    private boolean hidesOld;

    FlushDelivery(ReplicaState replica) {
        this.replica = replica;
    }

    /** Records whether the server acknowledged the pending flush. */
    public void acknowledged(boolean did) {
        synchronized (replica) {
            received = did;
        }
    }

    /** A flush is due: a server that did not receive it must be flushed. */
    public void due() {
        synchronized (replica) {
            if (!received) {
                replica.missedEverything();
            }
            received = true;
        }
    }

    /**
     * Whether a delayed flush may be sent to the server. memcached stores the time of one flush only: after a verified
     * flush, a delayed one would make the old items visible until it is due.
     */
    public boolean allowsDelay() {
        synchronized (replica) {
            return !hidesOld;
        }
    }

    /** Whether it received the pending flush, if there is one. The caller holds the lock. */
    boolean isReceived() {
        return received;
    }

    /** A verified flush hides its old items, or is about to. The caller holds the lock. */
    void oldItemsAreHidden() {
        hidesOld = true;
    }

    /** It hides no old items: its process is another one. The caller holds the lock. */
    void hidesNothing() {
        hidesOld = false;
    }
}
