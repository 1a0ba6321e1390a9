package io.mempair.proxy.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * The memory that clients of one event loop occupy: the loop's part of the {@link MemoryBudget}. Decides which clients
 * are paused or closed when memory is short. Acts between turns, never in the middle of a request.
 *
 * <p>Confined to its loop, except {@link #bytes}.
 */
@SuppressWarnings("EnumOrdinal") // indexes are internal to this object and never stored or sent
public final class LoopMemory {

    /** Bytes; a client whose requests occupy less heap is never paused or closed for heap while some is free. */
    private static final long SMALL_HEAP_BYTES = 16 * 1_024;

    /** Ticks without a byte of a started value: one second. */
    private static final long STALLED_TICKS = 10;

    /** Ticks that clients wait for memory before one is closed: five seconds. */
    private static final long PATIENCE_TICKS = 50;

    private final MemoryBudget budget;
    private final int index;
    private final Runnable attention;
    private final ClientAccounts clients = new ClientAccounts();
    private final List<MemoryAccount> condemned = new ArrayList<>();
    private List<MemoryAccount> waiting = new ArrayList<>();
    private final List<MemoryAccount> watched = new ArrayList<>();
    private final AtomicLongArray byUse = new AtomicLongArray(MemoryUse.values().length);
    private long held;
    private long published;

    /** Number of calls of {@link #tick}. */
    private long ticks;

    /** Consecutive ticks with memory short and clients waiting. */
    private long waitedTicks;

    private long maxUnreadBytes = Long.MAX_VALUE;
    private long mayHoldBytes = Long.MAX_VALUE;

    /** Estimated heap of requests; {@link #seenHeapBytes} publishes it. */
    private long heapBytes;

    private volatile long seenHeapBytes;

    /** The part of {@link #heapBytes} of closed clients, whose requests end when the servers reply. */
    private long goneHeapBytes;

    /** The same part of {@link #held}. */
    private long goneBytes;

    private final ExpectedAnswers expected = new ExpectedAnswers();

    /** Until more than this is held, closing another client within the same tick is useless. */
    private long fruitlessBytes = Long.MIN_VALUE;

    /**
     * @param budget     shared by the loops
     * @param index      number of this loop
     * @param attention  schedules {@link #endTurn} at the end of this turn
     */
    public LoopMemory(MemoryBudget budget, int index, Runnable attention) {
        this.budget = budget;
        this.index = index;
        this.attention = attention;
    }

    /** Opens the account of a client. */
    public MemoryAccount open(MemoryAccount.AccountOwner client) {
        MemoryAccount account = new MemoryAccount(this, client, client::recount);
        clients.add(account);
        return account;
    }

    /**
     * Opens an account without a client to pause or close, such as a server connection.
     *
     * @param recount  recomputes the unsent bytes of its channel
     */
    public MemoryAccount openShared(Runnable recount) {
        return new MemoryAccount(this, null, recount);
    }

    /** Sets the most reply bytes that one client may leave unread. */
    public void maxUnread(long bytes) {
        maxUnreadBytes = bytes;
        weigh();
    }

    long maxUnreadBytes() {
        return maxUnreadBytes;
    }

    /** Whether memory is short on all loops together. Any thread. */
    public boolean isShort() {
        return budget.isShort();
    }

    /** Most bytes a client may hold to start new requests. */
    long mayHoldBytes() {
        return mayHoldBytes;
    }

    /** Bytes held by one use, possibly slightly stale. Any thread. */
    public long bytes(MemoryUse use) {
        return byUse.get(use.ordinal());
    }

    void add(MemoryUse use, long delta) {
        byUse.lazySet(use.ordinal(), byUse.getPlain(use.ordinal()) + delta);
        held += delta;
        long unpublished = held - published;
        if (unpublished >= MemoryBudget.STEP_BYTES || unpublished <= -MemoryBudget.STEP_BYTES) {
            publish();
            if (unpublished > 0 && budget.isOver()) {
                attention.run();
            }
        }
    }

    private void publish() {
        long delta = held - published;
        published = held;
        budget.publish(index, delta);
        weigh();
    }

    private void weigh() {
        long own = maxUnreadBytes / 2;
        mayHoldBytes = budget.isShort() ? Math.min(own, budget.shareBytes(clients.size())) : own;
    }

    /** Estimated heap of client requests, possibly slightly stale. Any thread. */
    public long heapBytes() {
        return seenHeapBytes;
    }

    void addHeap(long delta) {
        heapBytes += delta;
        if (delta > 0 && isHeapOver()) {
            attention.run();
        }
    }

    /** Changes the bytes still held by disconnected clients; they are released by themselves. */
    void addGone(long delta) {
        goneBytes += delta;
    }

    /** As {@link #addGone}, for heap. */
    void addGoneHeap(long delta) {
        goneHeapBytes += delta;
    }

    private boolean isHeapOver() {
        return heapBytes - goneHeapBytes > budget.heapBytesOfLoop();
    }

    /** Whether a client whose requests occupy this much heap may send another one. */
    boolean mayTakeHeap(long bytes) {
        long soft = budget.heapBytesOfLoop() / 2;
        return heapBytes <= soft
                || (!isHeapOver() && bytes <= Math.max(SMALL_HEAP_BYTES, soft / Math.max(1, clients.size())));
    }

    /** The answers that this loop's clients wait for. */
    public ExpectedAnswers expected() {
        return expected;
    }

    void condemn(MemoryAccount account) {
        condemned.add(account);
        attention.run();
    }

    void await(MemoryAccount account) {
        if (!account.listed) {
            account.listed = true;
            waiting.add(account);
        }
    }

    void watch(MemoryAccount account) {
        account.watched = true;
        watched.add(account);
    }

    void remove(MemoryAccount account) {
        clients.remove(account);
    }

    /** Closes the clients that exceeded their limits in this turn. */
    void endTurn() {
        for (int i = 0; i < condemned.size(); i++) {
            MemoryAccount.AccountOwner owner = leaving(condemned.get(i));
            if (owner != null) {
                owner.tooMuchUnread();
            }
        }
        condemned.clear();
        while (isHeapOver()) {
            MemoryAccount.AccountOwner owner = leaving(clients.greediest(MemoryAccount::heapBytes, SMALL_HEAP_BYTES));
            if (owner == null) {
                break;
            }
            owner.holdsMost();
        }
        if (budget.isOver() && held > fruitlessBytes) {
            relieve();
        }
    }

    /** Re-examines waiting clients and unsent bytes, several times a second. */
    void tick() {
        ticks++;
        seenHeapBytes = heapBytes;
        recount();
        publish();
        resume();
        expected.tick();
        losePatience();
        if (budget.isOver()) {
            relieve();
        }
    }

    /** Closes the largest client after all, if waiting does not help because the waiting clients hold the memory. */
    private void losePatience() {
        boolean heapIsShort = heapBytes > budget.heapBytesOfLoop() / 2;
        boolean isShort = heapIsShort || (budget.isShort() && budget.holdsMost(index));
        waitedTicks = isShort && !waiting.isEmpty() ? waitedTicks + 1 : 0;
        if (waitedTicks >= PATIENCE_TICKS) {
            waitedTicks -= PATIENCE_TICKS / 10;
            MemoryAccount.AccountOwner owner = leaving(
                    heapIsShort
                            ? clients.greediest(MemoryAccount::heapBytes, SMALL_HEAP_BYTES)
                            : clients.greediest(MemoryAccount::bytes, MemoryBudget.SMALL_BYTES));
            if (owner != null) {
                owner.holdsMost();
            }
        }
    }

    private void resume() {
        List<MemoryAccount> before = waiting;
        waiting = new ArrayList<>();
        for (MemoryAccount account : before) {
            if (account.isWaiting() && !account.mayGrow()) {
                waiting.add(account);
                continue;
            }
            account.listed = false;
            if (account.isWaiting()) {
                account.goOn();
            }
        }
    }

    private void recount() {
        for (int i = watched.size() - 1; i >= 0; i--) {
            MemoryAccount account = watched.get(i);
            account.recount();
            if (!account.hasUnsent()) {
                account.watched = false;
                MemoryAccount last = watched.remove(watched.size() - 1);
                if (i < watched.size()) {
                    watched.set(i, last);
                }
            }
        }
    }

    /** Closes the largest clients until memory is within the budget, if this loop holds most. */
    public void relieve() {
        budget.answers(index);
        recount();
        publish();
        if (!budget.isOver()) {
            fruitlessBytes = Long.MIN_VALUE;
            return;
        }
        if (!budget.holdsMost(index) && !budget.isExhausted()) {
            budget.askLargest();
            return;
        }
        // a closed client's memory may be released later, so it is subtracted here
        long excess = Math.max(budget.allocatedExcessBytes(), budget.excessBytes() - goneBytes);
        while (excess > 0) {
            MemoryAccount greediest = greediest();
            excess -= greediest == null ? excess : greediest.bytes();
            MemoryAccount.AccountOwner owner = leaving(greediest);
            if (owner != null) {
                owner.holdsMost();
            }
        }
        publish();
        fruitlessBytes = held + MemoryBudget.STEP_BYTES;
    }

    /**
     * The client that holds most. A great many that hold little each can be too much as well: then no client is too small to
     * be closed, on a loop where they hold its part of half of the limit.
     */
    private @Nullable MemoryAccount greediest() {
        MemoryAccount large = clients.greediest(MemoryAccount::bytes, MemoryBudget.SMALL_BYTES);
        boolean manySmall = large == null && held - goneBytes > budget.limitBytes() / 2 / budget.loops();
        return manySmall ? clients.greediest(MemoryAccount::bytes, 0) : large;
    }

    /**
     * Closes the client whose value has stalled the longest, if for a second or more.
     *
     * @return whether there was one
     */
    public boolean closeStalled() {
        MemoryAccount stalest = clients.stalest();
        if (stalest == null || ticks - stalest.arrivedTick < STALLED_TICKS) {
            return false;
        }
        MemoryAccount.AccountOwner owner = leaving(stalest);
        if (owner != null) {
            owner.stalled();
        }
        return owner != null;
    }

    long ticks() {
        return ticks;
    }

    /** The owner of an account to close here, or null if it has already disconnected. */
    private static MemoryAccount.@Nullable AccountOwner leaving(@Nullable MemoryAccount account) {
        if (account == null || account.place < 0) {
            return null;
        }
        account.close();
        return account.owner();
    }
}
