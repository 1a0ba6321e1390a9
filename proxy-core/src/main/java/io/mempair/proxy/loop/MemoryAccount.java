package io.mempair.proxy.loop;

import org.jspecify.annotations.Nullable;

/**
 * What one connection makes the proxy hold, counted as it is allocated. Outlives its connection until the last buffer charged
 * to it is given back. Confined to its loop.
 */
public final class MemoryAccount {

    /** A connection that can be stopped and closed. */
    public interface AccountOwner {
        /** Counts anew what its channel has not sent: see {@link MemoryAccount#unsent}. */
        void recount();

        /** It has more unread than one may have, and has to go. */
        void tooMuchUnread();

        /** It holds most of all while memory is short, and has to go. */
        void holdsMost();

        /** Its value does not come, and others wait for the room. */
        void stalled();

        /** It was kept from going on by {@link MemoryAccount#mayGrow}, and may. */
        void roomAgain();
    }

    private final LoopMemory loop;
    private final @Nullable AccountOwner owner;
    private final MemoryUse output;
    private final Runnable recount;
    private long bytes;
    private long unreadBytes;
    private long unsentBytes;
    private long inputBytes;
    private long heapBytes;
    private boolean waiting;
    private boolean condemned;
    private boolean closed;

    /** When bytes of the value came that is on its way in, in ticks of the loop; -1 if there is none. */
    long arrivedTick = -1;

    /** Whether {@link LoopMemory} looks at what is unsent from time to time. */
    boolean watched;

    /** Whether {@link LoopMemory} has it among those that wait. */
    boolean listed;

    /** Place among the accounts of the loop, or -1. */
    int place = -1;

    MemoryAccount(LoopMemory loop, @Nullable AccountOwner owner, Runnable recount) {
        this.loop = loop;
        this.recount = recount;
        this.owner = owner;
        this.output = owner == null ? MemoryUse.UNSENT_REQUESTS : MemoryUse.UNSENT_ANSWERS;
    }

    /** What the clients of its loop hold together. */
    public LoopMemory loop() {
        return loop;
    }

    /** All it holds. */
    public long bytes() {
        return bytes;
    }

    @Nullable
    AccountOwner owner() {
        return owner;
    }

    /** Charges {@code delta} bytes, or gives them back if it is negative. */
    public void add(MemoryUse use, long delta) {
        if (delta == 0) {
            return;
        }
        bytes += delta;
        loop.add(use, delta);
        if (closed) {
            loop.addGone(delta);
        }
        if (use.isUnread()) {
            unreadBytes += delta;
            if (unreadBytes > loop.maxUnreadBytes() && !condemned && owner != null) {
                condemned = true;
                loop.condemn(this);
            }
        }
        if (waiting && delta < 0 && bytes - inputBytes <= loop.mayHoldBytes() / 2 && mayGrow()) {
            goOn();
        }
    }

    /** What its channel was given and has not sent, now. */
    public void unsent(long now) {
        long delta = now - unsentBytes;
        unsentBytes = now;
        if (now > 0 && !watched) {
            loop.watch(this);
        }
        add(output, delta);
    }

    /** Has what is unsent counted anew, if the connection is there. */
    void recount() {
        if (!closed) {
            recount.run();
        }
    }

    boolean hasUnsent() {
        return unsentBytes > 0;
    }

    /** What it has sent and nobody has understood, now. */
    public void input(long now) {
        long delta = now - inputBytes;
        inputBytes = now;
        add(MemoryUse.INPUT, delta);
    }

    /** Heap that its requests take, by estimate. */
    public long heapBytes() {
        return heapBytes;
    }

    /** Charges {@code delta} bytes of the heap, or gives them back if it is negative. */
    public void addHeap(long delta) {
        heapBytes += delta;
        loop.addHeap(delta);
        if (closed) {
            loop.addGoneHeap(delta);
        }
        if (waiting && delta < 0 && heapBytes == 0 && mayGrow()) {
            goOn();
        }
    }

    /** Bytes came of a value that is not whole. */
    public void arrives() {
        arrivedTick = loop.ticks();
    }

    /** No value is on its way in any more. */
    public void arrived() {
        arrivedTick = -1;
    }

    /** Whether it may begin what makes it hold more. */
    public boolean mayGrow() {
        return mayHoldMore() && loop.mayTakeHeap(heapBytes);
    }

    /** Whether it may go on with what it has begun, which takes no more of the heap. */
    public boolean mayHoldMore() {
        // what it has sent must not keep it from being understood, or nothing of it would ever be given back
        return bytes - inputBytes <= loop.mayHoldBytes();
    }

    /** Has the owner hear by {@link AccountOwner#roomAgain} when it may go on. */
    public void await() {
        if (!waiting) {
            waiting = true;
            loop.await(this);
        }
    }

    boolean isWaiting() {
        return waiting;
    }

    void goOn() {
        waiting = false;
        if (owner != null) {
            owner.roomAgain();
        }
    }

    /** The connection is gone: its own buffers are. Others charged to it are given back one by one. */
    public void close() {
        waiting = false;
        condemned = true;
        if (!closed) {
            closed = true;
            loop.addGone(bytes);
            loop.addGoneHeap(heapBytes);
        }
        unsent(0);
        input(0);
        loop.remove(this);
    }
}
