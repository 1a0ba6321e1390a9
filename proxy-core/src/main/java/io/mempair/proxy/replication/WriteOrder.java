package io.mempair.proxy.replication;

import io.mempair.proxy.replication.StripeQueue.AccessKind;
import io.mempair.proxy.replication.StripeQueue.WaitingTask;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives the writes of each key the same order on both servers, across event loops. Writes of different loops in one
 * stripe run one after the other. Writes of one loop may be in flight together, because each connection keeps their
 * order; an {@link #exclusive} write (one server decides, the other follows) runs alone.
 *
 * <p>A read waits only behind exclusive and queued writes of its own loop. So a client reads its own writes, even
 * pipelined ones.
 *
 * <p>Tasks run on this loop, immediately or later, in submission order per stripe. An exception in a task does not
 * affect other tasks, but the task must still call {@link #ended}. Confined to its loop.
 */
public final class WriteOrder {

    private final Stripes stripes;
    private final int loop;
    private final Consumer<Throwable> defects;
    private final StripeQueue[] turns = new StripeQueue[Stripes.COUNT];

    /** Tasks submitted while all writes are held up, oldest first. */
    private final ArrayDeque<HeldTask> held = new ArrayDeque<>();

    /** Stripes this loop owns for {@link #global}; -1 if no global task is pending. */
    private int ownedOfAll = -1;

    private @Nullable Runnable whole;

    /** Whether the pending global task passes writes on {@link #hold} by. */
    private boolean passesHeld;

    /** Whether the held tasks are being submitted. */
    private boolean catchingUp;

    private record HeldTask(AccessKind kind, int stripe, Runnable task) {}

    /**
     * @param stripes  shared by the loops
     * @param loop     number of this loop; {@link Stripes} leads to a call of its {@link #granted}
     * @param defects  receives exceptions of tasks
     */
    public WriteOrder(Stripes stripes, int loop, Consumer<Throwable> defects) {
        this.stripes = stripes;
        this.loop = loop;
        this.defects = defects;
    }

    /**
     * Runs a write that may be in flight together with others of this loop. {@link #ended} must follow exactly once,
     * possibly while the task runs.
     */
    public void shared(int stripe, Runnable write) {
        if (holdsUp()) {
            held.add(new HeldTask(AccessKind.SHARED, stripe, write));
        } else {
            enterShared(stripe, write);
        }
    }

    private void enterShared(int stripe, Runnable write) {
        StripeQueue turn = turnOf(stripe);
        boolean free = turn.waiting.isEmpty() && !turn.exclusive && !turn.held && !turn.advancing;
        if (free && (turn.owned ? !stripes.isWanted(stripe) : take(turn, stripe))) {
            turn.inFlight++;
            turn.used = true;
            run(write);
        } else {
            turn.waiting.add(new WaitingTask(AccessKind.SHARED, write));
        }
    }

    /** Runs a write while no other of its stripe is in flight. {@link #ended} must follow exactly once. */
    public void exclusive(int stripe, Runnable write) {
        if (holdsUp()) {
            held.add(new HeldTask(AccessKind.EXCLUSIVE, stripe, write));
        } else {
            enterExclusive(stripe, write);
        }
    }

    private void enterExclusive(int stripe, Runnable write) {
        StripeQueue turn = turnOf(stripe);
        turn.waiting.add(new WaitingTask(AccessKind.EXCLUSIVE, write));
        if (turn.owned || take(turn, stripe)) {
            advance(turn, stripe);
        }
    }

    /** Runs a read behind the tasks queued in its stripe on this loop. {@link #ended} must not follow. */
    public void read(int stripe, Runnable read) {
        if (holdsUp()) {
            held.add(new HeldTask(AccessKind.READ, stripe, read));
        } else {
            enterRead(stripe, read);
        }
    }

    private void enterRead(int stripe, Runnable read) {
        StripeQueue turn = turns[stripe];
        if (turn != null && turn.delaysReads()) {
            turn.waiting.add(new WaitingTask(AccessKind.READ, read));
        } else {
            run(read);
        }
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error defect) {
            defects.accept(defect);
        }
    }

    /** Describes what waits and why, one line per stripe, for debugging; free text. */
    public String describe() {
        StringBuilder text = new StringBuilder("held " + held.size() + ", stripes owned of all " + ownedOfAll);
        for (int stripe = 0; stripe < Stripes.COUNT; stripe++) {
            StripeQueue turn = turns[stripe];
            if (turn != null && (!turn.isIdle() || turn.advancing || (turn.owned && stripe >= ownedOfAll))) {
                text.append("\n  stripe " + stripe + ": " + turn + ", wanted by others " + stripes.isWanted(stripe));
            }
        }
        return text.toString();
    }

    private boolean holdsUp() {
        return ownedOfAll >= 0 || catchingUp;
    }

    /** Whether a read of that stripe must wait; if not, it need not be submitted. */
    public boolean mustWait(int stripe) {
        StripeQueue turn = turns[stripe];
        return holdsUp() || (turn != null && turn.delaysReads());
    }

    /**
     * The running write of that stripe waits, and nothing of it was sent. Reads and writes of this loop stay behind it; other
     * loops do not wait for it. {@link #resume} or {@link #giveUp} must follow exactly once.
     */
    public void hold(int stripe) {
        StripeQueue turn = turnOf(stripe);
        turn.held = true;
        leaves(turn);
        advance(turn, stripe);
    }

    /** The write on {@link #hold} runs again, as {@code write}, once the stripe is this loop's; {@link #ended} must follow. */
    public void resume(int stripe, boolean exclusive, Runnable write) {
        turnOf(stripe).waiting.addFirst(new WaitingTask(exclusive ? AccessKind.EXCLUSIVE : AccessKind.SHARED, write));
        giveUp(stripe);
    }

    /** The write on {@link #hold} is over: others may follow it, and {@link #ended} must not. */
    public void giveUp(int stripe) {
        StripeQueue turn = turnOf(stripe);
        turn.held = false;
        if (stripe >= ownedOfAll) { // else the global task's end goes on with it
            advance(turn, stripe);
        }
    }

    /** A {@link #shared} or {@link #exclusive} write of that stripe is done on both servers. */
    public void ended(int stripe) {
        StripeQueue turn = turnOf(stripe);
        leaves(turn);
        advance(turn, stripe);
    }

    private static void leaves(StripeQueue turn) {
        turn.exclusive = false;
        if (--turn.inFlight < 0) {
            throw new AssertionError("a write ended twice: " + turn);
        }
    }

    /** This loop now owns a stripe it asked for. */
    public void granted(int stripe) {
        StripeQueue turn = turnOf(stripe);
        turn.owned = true;
        turn.asked = false;
        if (ownedOfAll == stripe && letsGlobalPass(turn)) {
            ownedOfAll++;
            takeTheRest();
        } else {
            advance(turn, stripe);
        }
    }

    private boolean take(StripeQueue turn, int stripe) {
        if (!turn.asked) {
            turn.owned = stripes.take(stripe, loop);
            turn.asked = !turn.owned;
        }
        return turn.owned;
    }

    private StripeQueue turnOf(int stripe) {
        StripeQueue turn = turns[stripe];
        if (turn == null) {
            turn = new StripeQueue();
            turns[stripe] = turn;
        }
        return turn;
    }

    /** Runs every task that may run now. If a task ends while it runs, the loop below sees it. */
    private void advance(StripeQueue turn, int stripe) {
        if (turn.advancing) {
            return;
        }
        turn.advancing = true;
        try {
            runWhatMay(turn, stripe);
        } finally {
            turn.advancing = false;
        }
        if (ownedOfAll == stripe && letsGlobalPass(turn)) {
            takeTheRest();
        }
    }

    /**
     * Checks once per round whether other loops want the stripe. With two checks, a request between them would stop the
     * tasks here without releasing the stripe, and nobody would run this method again.
     */
    private void runWhatMay(StripeQueue turn, int stripe) {
        while (true) {
            boolean wanted = turn.owned && turn.used && stripes.isWanted(stripe);
            if (turn.owned && turn.inFlight == 0 && (wanted || turn.held || turn.waiting.isEmpty())) {
                giveBack(turn, stripe);
            }
            WaitingTask next = turn.waiting.peek();
            if (next == null || !mayRun(next.kind(), turn, stripe, wanted)) {
                return;
            }
            turn.waiting.remove();
            if (next.kind() != AccessKind.READ) {
                turn.inFlight++;
                turn.used = true;
                turn.exclusive = next.kind() == AccessKind.EXCLUSIVE;
            }
            run(next.task());
        }
    }

    /** @param wanted  whether other loops wait for the owned stripe; the end of a write in flight checks again */
    private boolean mayRun(AccessKind kind, StripeQueue turn, int stripe, boolean wanted) {
        if (kind == AccessKind.READ) {
            return !turn.exclusive && !turn.held;
        }
        if (turn.exclusive || turn.held || (kind == AccessKind.EXCLUSIVE && turn.inFlight > 0)) {
            return false;
        }
        if (turn.owned) {
            return !wanted;
        }
        return take(turn, stripe);
    }

    /** Releases the stripe. Waiting loops come first; tasks queued here ask for it again. */
    private void giveBack(StripeQueue turn, int stripe) {
        turn.owned = false;
        turn.used = false;
        stripes.give(stripe, loop);
    }

    /**
     * Runs {@code task} while no write of any loop is in flight. Holds up later tasks of this loop until
     * {@link #globalEnded}, which must follow exactly once.
     */
    public void global(Runnable task) {
        global(AccessKind.GLOBAL, task);
    }

    /** As {@link #global}, but passes the writes on {@link #hold} by: for a task that what they wait for may need. */
    public void globalBesidesHeld(Runnable task) {
        global(AccessKind.GLOBAL_BESIDES_HELD, task);
    }

    private void global(AccessKind kind, Runnable task) {
        if (holdsUp()) {
            held.add(new HeldTask(kind, 0, task));
        } else {
            enterEverything(kind, task);
        }
    }

    private void enterEverything(AccessKind kind, Runnable task) {
        ownedOfAll = 0;
        passesHeld = kind == AccessKind.GLOBAL_BESIDES_HELD;
        whole = task;
        takeTheRest();
    }

    /** Whether a {@link #global} task waits: until no write is on {@link #hold} nothing of this loop goes on. */
    public boolean globalWaits() {
        return whole != null && !passesHeld;
    }

    private boolean letsGlobalPass(StripeQueue turn) {
        return passesHeld ? turn.isAtRest() : turn.isIdle();
    }

    /** In ascending order, so that two loops with a global task never deadlock. */
    private void takeTheRest() {
        while (ownedOfAll < Stripes.COUNT) {
            StripeQueue turn = turnOf(ownedOfAll);
            if (!letsGlobalPass(turn) || turn.advancing || !take(turn, ownedOfAll)) {
                return;
            }
            ownedOfAll++;
        }
        Runnable task = whole;
        whole = null;
        if (task != null) {
            run(task);
        }
    }

    /** The global task is done. */
    public void globalEnded() {
        for (int stripe = 0; stripe < ownedOfAll; stripe++) {
            giveBack(turnOf(stripe), stripe);
        }
        // a stripe asked for and not granted yet is released when it is granted: no task waits for it
        int owned = ownedOfAll;
        ownedOfAll = -1;
        for (int stripe = 0; passesHeld && stripe < owned; stripe++) {
            advance(turnOf(stripe), stripe); // a write on hold may have resumed meanwhile
        }
        if (!catchingUp) {
            catchUp();
        }
    }

    /**
     * Withdraws a {@link #global} task that has not started: the tasks it held up resume, and {@link #globalEnded} must
     * not follow.
     *
     * @return false if it has started, or was never submitted
     */
    public boolean withdraw(Runnable task) {
        if (whole == task) {
            whole = null;
            globalEnded();
            return true;
        }
        return held.removeIf(waits -> waits.task() == task);
    }

    /** Does not throw: {@link #run} catches the exceptions of tasks. */
    private void catchUp() {
        catchingUp = true;
        while (ownedOfAll < 0 && !held.isEmpty()) {
            HeldTask next = held.remove();
            switch (next.kind()) {
                case READ -> enterRead(next.stripe(), next.task());
                case SHARED -> enterShared(next.stripe(), next.task());
                case EXCLUSIVE -> enterExclusive(next.stripe(), next.task());
                case GLOBAL, GLOBAL_BESIDES_HELD -> enterEverything(next.kind(), next.task());
            }
        }
        catchingUp = false;
    }
}
