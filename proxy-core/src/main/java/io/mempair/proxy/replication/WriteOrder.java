package io.mempair.proxy.replication;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One order of the writes of each key, on both its servers, whatever event loop they come from. Writes in one stripe of
 * different loops come one after the other; those of one loop may be in flight together, because each of its connections
 * keeps their order, unless one of them must be {@link #exclusive}: a write that one server decides and the other follows.
 *
 * <p>A read takes no part, but waits behind writes of its own loop that wait, or are alone: so a client reads what it wrote
 * before, without waiting for the answer.
 *
 * <p>What is handed in runs on this loop, at once or later, in the order handed in for each stripe. A task that throws costs
 * nobody else a turn, and whoever handed in another hears nothing of it; its own turn it must end, as any other. Confined to
 * its loop.
 */
public final class WriteOrder {

    private final Stripes stripes;
    private final int loop;
    private final Consumer<Throwable> defects;
    private final StripeQueue[] turns = new StripeQueue[Stripes.COUNT];

    /** What came while everything is held up, oldest first. */
    private final ArrayDeque<HeldTask> held = new ArrayDeque<>();

    /** Stripes this loop owns for {@link #global}, or -1 while nothing is held up. */
    private int ownedOfAll = -1;

    private @Nullable Runnable whole;

    /** Whether that is being caught up with. */
    private boolean catchingUp;

    private enum AccessKind {
        READ,
        SHARED,
        EXCLUSIVE,
        GLOBAL
    }

    private record WaitingTask(AccessKind kind, Runnable task) {}

    private record HeldTask(AccessKind kind, int stripe, Runnable task) {}

    /** One stripe as this loop sees it. */
    private static final class StripeQueue {
        private final ArrayDeque<WaitingTask> waiting = new ArrayDeque<>(4);
        private int inFlight;
        private boolean owned;

        /** Whether a write ran since it was owned: before that it is not given to others that want it. */
        private boolean used;

        private boolean asked;
        private boolean exclusive;
        private boolean advancing;

        private boolean isIdle() {
            return inFlight == 0 && waiting.isEmpty();
        }

        @Override
        public String toString() {
            return "in flight " + inFlight + ", owned " + owned + ", used " + used + ", asked " + asked + ", exclusive "
                    + exclusive + ", advancing " + advancing + ", waiting " + waiting;
        }
    }

    /**
     * @param stripes  shared by the loops
     * @param loop     number of this loop, whose {@link #granted} is called when {@link Stripes} says so
     * @param defects  told what a task threw
     */
    public WriteOrder(Stripes stripes, int loop, Consumer<Throwable> defects) {
        this.stripes = stripes;
        this.loop = loop;
        this.defects = defects;
    }

    /**
     * Runs a write that may be in flight together with others of this loop. {@link #ended} must follow exactly once, also
     * while the task runs.
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
        boolean free = turn.waiting.isEmpty() && !turn.exclusive && !turn.advancing;
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

    /** Runs a read, behind what waits in its stripe on this loop. Nothing follows. */
    public void read(int stripe, Runnable read) {
        if (holdsUp()) {
            held.add(new HeldTask(AccessKind.READ, stripe, read));
        } else {
            enterRead(stripe, read);
        }
    }

    private void enterRead(int stripe, Runnable read) {
        StripeQueue turn = turns[stripe];
        if (turn != null && (turn.exclusive || !turn.waiting.isEmpty())) {
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

    /** What waits, and for what, a line each: for one who wants to know why nothing goes on. Any text, for no program. */
    public String describe() {
        StringBuilder text = new StringBuilder("held " + held.size() + ", stripes owned of all " + ownedOfAll);
        for (int stripe = 0; stripe < Stripes.COUNT; stripe++) {
            StripeQueue turn = turns[stripe];
            if (turn != null && (!turn.isIdle() || turn.advancing || (turn.owned && stripe >= ownedOfAll))) {
                text.append("\n  stripe ")
                        .append(stripe)
                        .append(": ")
                        .append(turn)
                        .append(", wanted by others ");
                text.append(stripes.isWanted(stripe));
            }
        }
        return text.toString();
    }

    private boolean holdsUp() {
        return ownedOfAll >= 0 || catchingUp;
    }

    /** Whether a read of that stripe has to wait; if not, it need not be handed in. */
    public boolean mustWait(int stripe) {
        StripeQueue turn = turns[stripe];
        return holdsUp() || (turn != null && (turn.exclusive || !turn.waiting.isEmpty()));
    }

    /** A write of that stripe, which was {@link #shared} or {@link #exclusive}, is over on both servers. */
    public void ended(int stripe) {
        StripeQueue turn = turnOf(stripe);
        turn.exclusive = false;
        if (--turn.inFlight < 0) {
            throw new AssertionError("a write ended twice in stripe " + stripe);
        }
        advance(turn, stripe);
    }

    /** This loop has got a stripe it asked for. */
    public void granted(int stripe) {
        StripeQueue turn = turnOf(stripe);
        turn.owned = true;
        turn.asked = false;
        if (ownedOfAll == stripe && turn.isIdle()) {
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

    /** Runs what may run now. A task that ends while it runs is seen by the loop that runs it. */
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
        if (ownedOfAll == stripe && turn.isIdle()) {
            takeTheRest();
        }
    }

    /**
     * Looks once a round whether others want the stripe. Who asks between two looks would be heard by the second only, which
     * runs nothing, and not by the first, which gives the stripe back: nobody would come round again.
     */
    private void runWhatMay(StripeQueue turn, int stripe) {
        while (true) {
            boolean wanted = turn.owned && turn.used && stripes.isWanted(stripe);
            if (turn.owned && turn.inFlight == 0 && (wanted || turn.waiting.isEmpty())) {
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

    /** @param wanted  whether others wait for the stripe, if it is owned; a write in flight looks again when it ends */
    private boolean mayRun(AccessKind kind, StripeQueue turn, int stripe, boolean wanted) {
        if (kind == AccessKind.READ) {
            return !turn.exclusive;
        }
        if (turn.exclusive || (kind == AccessKind.EXCLUSIVE && turn.inFlight > 0)) {
            return false;
        }
        if (turn.owned) {
            return !wanted;
        }
        return take(turn, stripe);
    }

    /** Others first, if they wait; what waits here asks again then. */
    private void giveBack(StripeQueue turn, int stripe) {
        turn.owned = false;
        turn.used = false;
        stripes.give(stripe, loop);
    }

    /**
     * Runs {@code task} while no write of any loop is in flight, and holds up all of this loop that comes after it until
     * {@link #globalEnded}, which must follow exactly once.
     */
    public void global(Runnable task) {
        if (holdsUp()) {
            held.add(new HeldTask(AccessKind.GLOBAL, 0, task));
        } else {
            enterEverything(task);
        }
    }

    private void enterEverything(Runnable task) {
        ownedOfAll = 0;
        whole = task;
        takeTheRest();
    }

    /** In ascending order, so that two loops that want everything never hold what the other waits for. */
    private void takeTheRest() {
        while (ownedOfAll < Stripes.COUNT) {
            StripeQueue turn = turnOf(ownedOfAll);
            if (!turn.isIdle() || turn.advancing || !take(turn, ownedOfAll)) {
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

    /** What held everything up is over. */
    public void globalEnded() {
        for (int stripe = 0; stripe < ownedOfAll; stripe++) {
            giveBack(turnOf(stripe), stripe);
        }
        // a stripe that was asked for and is not there yet is given back when it comes: nothing waits for it
        ownedOfAll = -1;
        if (!catchingUp) {
            catchUp();
        }
    }

    /**
     * Takes back an {@link #global} that has not begun: what it held up goes on, and {@link #globalEnded} must not
     * follow.
     *
     * @return false if it has begun, or was never handed in
     */
    public boolean withdraw(Runnable task) {
        if (whole == task) {
            whole = null;
            globalEnded();
            return true;
        }
        return held.removeIf(waits -> waits.task() == task);
    }

    /** Nothing here throws: tasks are run so that they cannot. */
    private void catchUp() {
        catchingUp = true;
        while (ownedOfAll < 0 && !held.isEmpty()) {
            HeldTask next = held.remove();
            switch (next.kind()) {
                case READ -> enterRead(next.stripe(), next.task());
                case SHARED -> enterShared(next.stripe(), next.task());
                case EXCLUSIVE -> enterExclusive(next.stripe(), next.task());
                case GLOBAL -> enterEverything(next.task());
            }
        }
        catchingUp = false;
    }
}
