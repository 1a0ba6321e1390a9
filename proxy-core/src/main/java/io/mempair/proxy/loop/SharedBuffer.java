package io.mempair.proxy.loop;

import io.netty.buffer.ByteBuf;

/**
 * The charge for one buffer that several values of a client hold parts of. The buffer is charged once, when the first
 * value joins, and given back when the last one leaves. Confined to the client's loop.
 */
final class SharedBuffer {

    private final MemoryAccount account;
    private final MemoryUse use;
    private final ByteBuf buffer;
    private final int chargedBytes;
    private int users;

    SharedBuffer(MemoryAccount account, MemoryUse use, ByteBuf buffer) {
        this.account = account;
        this.use = use;
        this.buffer = buffer;
        this.chargedBytes = buffer.capacity();
    }

    /** Whether it is the charge for {@code other}, and still in use: a released buffer object may be used again. */
    @SuppressWarnings("ReferenceEquality") // equal bytes in two buffers are two buffers
    boolean isOf(ByteBuf other, MemoryUse otherUse) {
        return users > 0 && buffer == other && use == otherUse;
    }

    void join() {
        if (users++ == 0) {
            account.add(use, chargedBytes);
        }
    }

    /** The user has released its reference to the buffer. */
    void leave() {
        if (--users == 0) {
            account.add(use, -chargedBytes);
        }
    }
}
