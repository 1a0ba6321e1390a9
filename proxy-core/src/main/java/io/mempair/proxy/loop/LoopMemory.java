package io.mempair.proxy.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The memory that the clients of one event loop make the proxy hold: the loop's part of the {@link MemoryBudget}, and who of
 * its clients is not read, or closed, for it. It acts between turns, never in the middle of a request.
 *
 * <p>Confined to its loop, but for {@link #bytes}.
 */
@SuppressWarnings("EnumOrdinal") // indexes live in this object only and are never stored or sent
public final class LoopMemory {

    /** A client whose requests take less of the heap is never stopped or closed for that while there is any. */
    private static final long SMALL_HEAP_BYTES = 16 * 1_024;

    /** So many ticks without a byte of a value that was begun: a second. */
    private static final long STALLED_TICKS = 10;

    /** So many ticks clients wait for memory before one is closed for it: five seconds. */
    private static final long PATIENCE_TICKS = 50;

    private static final long MUCH_EXPECTED_BYTES = 16 << 20;

    private final MemoryBudget budget;
    private final int index;
    private final Runnable attention;
    private final List<MemoryAccount> clients = new ArrayList<>();
    private final List<MemoryAccount> condemned = new ArrayList<>();
    private List<MemoryAccount> waiting = new ArrayList<>();
    private final List<MemoryAccount> watched = new ArrayList<>();
    private final AtomicLongArray byUse = new AtomicLongArray(MemoryUse.values().length);
    private long held;
    private long published;

    /** Times {@link #tick} ran. */
    private long ticks;

    /** Ticks for which memory has been short and clients waited for it. */
    private long waitedTicks;

    private long maxUnreadBytes = Long.MAX_VALUE;
    private long mayHoldBytes = Long.MAX_VALUE;

    /** Heap that requests take, by estimate; as others see it in {@link #seenHeapBytes}. */
    private long heapBytes;

    private volatile long seenHeapBytes;

    /** Of {@link #heapBytes} that of clients that were closed: their requests end when the servers answer. */
    private long goneHeapBytes;

    /** The same of {@link #held}. */
    private long goneBytes;

    /** Bytes of answers that were asked for and have not come, as far as anybody can know. */
    private long expectedBytes;

    /** Before more than this is held there is no use in giving up another client in the middle of a tick. */
    private long fruitlessBytes = Long.MIN_VALUE;

    /**
     * @param budget     shared by the loops
     * @param index      number of this loop
     * @param attention  has {@link #endTurn} called at the end of this turn
     */
    public LoopMemory(MemoryBudget budget, int index, Runnable attention) {
        this.budget = budget;
        this.index = index;
        this.attention = attention;
    }

    /** The account of a client. */
    public MemoryAccount open(MemoryAccount.AccountOwner client) {
        MemoryAccount account = new MemoryAccount(this, client, client::recount);
        account.place = clients.size();
        clients.add(account);
        return account;
    }

    /**
     * An account of nobody who could be stopped, such as the connection to a server.
     *
     * @param recount  counts anew what its channel has not sent
     */
    public MemoryAccount openShared(Runnable recount) {
        return new MemoryAccount(this, null, recount);
    }

    /** Answers one client may leave unread. */
    public void maxUnread(long bytes) {
        maxUnreadBytes = bytes;
        weigh();
    }

    long maxUnreadBytes() {
        return maxUnreadBytes;
    }

    /** Whether all loops together hold so much that nobody should read more than he must. Any thread. */
    public boolean isShort() {
        return budget.isShort();
    }

    /** What a client may hold and begin something new. */
    long mayHoldBytes() {
        return mayHoldBytes;
    }

    /** What is held by one use, a moment ago. Any thread. */
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

    /** Heap that the requests of clients take, by estimate, a moment ago. Any thread. */
    public long heapBytes() {
        return seenHeapBytes;
    }

    void addHeap(long delta) {
        heapBytes += delta;
        if (delta > 0 && isHeapOver()) {
            attention.run();
        }
    }

    /** What clients that are gone still hold changed; it comes free by itself. */
    void addGone(long delta) {
        goneBytes += delta;
    }

    /** As {@link #addGone}, of the heap. */
    void addGoneHeap(long delta) {
        goneHeapBytes += delta;
    }

    private boolean isHeapOver() {
        return heapBytes - goneHeapBytes > budget.heapBytesOfLoop();
    }

    /** Whether a client whose requests take so much of the heap may send another. */
    boolean mayTakeHeap(long bytes) {
        long soft = budget.heapBytesOfLoop() / 2;
        return heapBytes <= soft
                || (!isHeapOver() && bytes <= Math.max(SMALL_HEAP_BYTES, soft / Math.max(1, clients.size())));
    }

    /** Changes what clients of this loop expect of servers. */
    public void expect(long delta) {
        expectedBytes += delta;
    }

    /** Bytes of answers that clients of this loop wait for, as far as anybody can know. */
    public long expectedBytes() {
        return expectedBytes;
    }

    /** Whether so much is expected of servers that others would wait long behind more. */
    public boolean expectsMuch() {
        return expectedBytes > MUCH_EXPECTED_BYTES;
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
        if (account.place >= 0) {
            MemoryAccount last = clients.remove(clients.size() - 1);
            if (last != account) {
                clients.set(account.place, last);
                last.place = account.place;
            }
            account.place = -1;
        }
    }

    /** Closes whom this turn has shown to be too much. */
    void endTurn() {
        for (int i = 0; i < condemned.size(); i++) {
            MemoryAccount.AccountOwner owner = leaving(condemned.get(i));
            if (owner != null) {
                owner.tooMuchUnread();
            }
        }
        condemned.clear();
        while (isHeapOver()) {
            MemoryAccount.AccountOwner owner = leaving(greediest(MemoryAccount::heapBytes, SMALL_HEAP_BYTES));
            if (owner == null) {
                break;
            }
            owner.holdsMost();
        }
        if (budget.isOver() && held > fruitlessBytes) {
            relieve();
        }
    }

    /** Looks again at those who wait, and at what was sent meanwhile. Several times a second. */
    void tick() {
        ticks++;
        seenHeapBytes = heapBytes;
        recount();
        publish();
        resume();
        losePatience();
        if (budget.isOver()) {
            relieve();
        }
    }

    /** To wait was meant to help; where it does not, because those who wait are those who hold, the greediest goes after all. */
    private void losePatience() {
        boolean heapIsShort = heapBytes > budget.heapBytesOfLoop() / 2;
        boolean isShort = heapIsShort || (budget.isShort() && budget.holdsMost(index));
        waitedTicks = isShort && !waiting.isEmpty() ? waitedTicks + 1 : 0;
        if (waitedTicks >= PATIENCE_TICKS) {
            waitedTicks -= PATIENCE_TICKS / 10;
            MemoryAccount.AccountOwner owner = leaving(
                    heapIsShort
                            ? greediest(MemoryAccount::heapBytes, SMALL_HEAP_BYTES)
                            : greediest(MemoryAccount::bytes, MemoryBudget.SMALL_BYTES));
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

    /** Gives up the greediest clients until all is within the budget, if this is the loop that holds most. */
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
        // what a client held may come free later, so it is counted off here; whose the allocator's memory is, nobody
        // can tell
        long excess = Math.max(budget.isAllocatedTooMuch() ? 1 : 0, budget.excessBytes() - goneBytes);
        while (excess > 0) {
            MemoryAccount greediest = greediest(MemoryAccount::bytes, MemoryBudget.SMALL_BYTES);
            excess -= greediest == null ? excess : greediest.bytes();
            MemoryAccount.AccountOwner owner = leaving(greediest);
            if (owner != null) {
                owner.holdsMost();
            }
        }
        publish();
        fruitlessBytes = held + MemoryBudget.STEP_BYTES;
    }

    private @Nullable MemoryAccount greediest(ToLongFunction<MemoryAccount> amount, long least) {
        MemoryAccount greediest = null;
        long most = least;
        for (int i = 0; i < clients.size(); i++) {
            long bytes = amount.applyAsLong(clients.get(i));
            if (bytes > most) {
                greediest = clients.get(i);
                most = bytes;
            }
        }
        return greediest;
    }

    /**
     * Closes the client whose value has been longest on its way in without a byte of it coming, if that is a second or more.
     *
     * @return whether there was one
     */
    public boolean closeStalled() {
        MemoryAccount stalest = null;
        for (int i = 0; i < clients.size(); i++) {
            MemoryAccount account = clients.get(i);
            if (account.arrivedTick >= 0 && (stalest == null || account.arrivedTick < stalest.arrivedTick)) {
                stalest = account;
            }
        }
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

    /** The owner of an account that is closed here, or null if it is gone already. */
    private static MemoryAccount.@Nullable AccountOwner leaving(@Nullable MemoryAccount account) {
        if (account == null || account.place < 0) {
            return null;
        }
        account.close();
        return account.owner();
    }
}
