package io.mempair.proxy.loop;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The memory that one connection occupies, counted when allocated. It outlives its connection until the last buffer
 * charged to it is released. Confined to its loop.
 */
public final class MemoryAccount {

    /** A connection that can be paused and closed. */
    public interface AccountOwner {
        /** Recomputes the unsent bytes of its channel: see {@link MemoryAccount#unsent}. */
        void recount();

        /** It exceeds the limit of unread bytes and must be closed. */
        void tooMuchUnread();

        /** It holds most while memory is short and must be closed. */
        void holdsMost();

        /** Its value has stalled while others wait for memory. */
        void stalled();

        /** {@link MemoryAccount#mayGrow} had paused it; it may resume. */
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
    private long cipheredBytes;
    private @Nullable SharedBuffer lastShared;
    private long heapBytes;
    private boolean waiting;
    private boolean condemned;
    private boolean closed;

    /** The loop's tick of the last byte of the incoming value; -1 if there is none. */
    long arrivedTick = -1;

    /** Whether {@link LoopMemory} checks the unsent bytes periodically. */
    boolean watched;

    /** Whether {@link LoopMemory} lists it as waiting. */
    boolean listed;

    /** Index among the accounts of the loop, or -1. */
    int place = -1;

    MemoryAccount(LoopMemory loop, @Nullable AccountOwner owner, Runnable recount) {
        this.loop = loop;
        this.recount = recount;
        this.owner = owner;
        this.output = owner == null ? MemoryUse.UNSENT_REQUESTS : MemoryUse.UNSENT_ANSWERS;
    }

    /** The memory of its loop's clients together. */
    public LoopMemory loop() {
        return loop;
    }

    /** Total bytes held. */
    public long bytes() {
        return bytes;
    }

    @Nullable
    AccountOwner owner() {
        return owner;
    }

    /** Charges {@code delta} bytes; a negative number returns bytes. */
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
        if (waiting && delta < 0 && bytes - unparsedBytes() <= loop.mayHoldBytes() / 2 && mayGrow()) {
            goOn();
        }
    }

    /** Sets the unsent bytes of its channel. */
    public void unsent(long now) {
        long delta = now - unsentBytes;
        unsentBytes = now;
        if (now > 0 && !watched) {
            loop.watch(this);
        }
        add(output, delta);
    }

    /** Recomputes the unsent bytes, if the connection is open. */
    void recount() {
        if (!closed) {
            recount.run();
        }
    }

    boolean hasUnsent() {
        return unsentBytes > 0;
    }

    /** Sets the unparsed input bytes. */
    public void input(long now) {
        long delta = now - inputBytes;
        inputBytes = now;
        add(MemoryUse.INPUT, delta);
    }

    /** Sets the bytes of incomplete TLS records. */
    public void ciphered(long now) {
        if (!closed && now != cipheredBytes) {
            long delta = now - cipheredBytes;
            cipheredBytes = now;
            add(MemoryUse.INPUT, delta);
        }
    }

    /**
     * Shares the charge for {@code buffer}, which the caller retains until it calls {@link SharedBuffer#leave}: many
     * small values of a client lie in one buffer.
     */
    SharedBuffer share(MemoryUse use, ByteBuf buffer) {
        SharedBuffer last = lastShared;
        if (last == null || !last.isOf(buffer, use)) {
            last = new SharedBuffer(this, use, buffer);
            lastShared = last;
        }
        last.join();
        return last;
    }

    /** Estimated heap of its requests. */
    public long heapBytes() {
        return heapBytes;
    }

    /** Charges {@code delta} bytes of heap; a negative number returns bytes. */
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

    /** Bytes of an incomplete value have arrived. */
    public void arrives() {
        arrivedTick = loop.ticks();
    }

    /** No value is incoming any more. */
    public void arrived() {
        arrivedTick = -1;
    }

    /** Whether it may start work that occupies more memory. */
    public boolean mayGrow() {
        return mayHoldMore() && loop.mayTakeHeap(heapBytes);
    }

    /** Whether it may continue work it has started, which takes no more heap. */
    public boolean mayHoldMore() {
        return bytes - unparsedBytes() <= loop.mayHoldBytes();
    }

    /** Bytes that do not count where reading is decided: they must not block their own parsing, which releases them. */
    private long unparsedBytes() {
        return inputBytes + cipheredBytes;
    }

    /** Calls {@link AccountOwner#roomAgain} of the owner when it may resume. */
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

    /**
     * The connection is closed, and its own buffers are released. Other buffers charged to it are returned one by one.
     */
    public void close() {
        waiting = false;
        condemned = true;
        ciphered(0);
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
