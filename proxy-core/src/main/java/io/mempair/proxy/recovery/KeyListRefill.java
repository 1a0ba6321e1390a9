package io.mempair.proxy.recovery;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.refill.ItemCopy.CopyOutcome;
import io.mempair.proxy.refill.Refills;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ReplicaStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Refills a server with the keys that a journal replay deleted. When each key is copied, or does not exist at the
 * source, the server is marked as refilled. Keys that could not be copied are tried again a few times, one second
 * apart. Confined to its loop.
 */
public final class KeyListRefill {

    private static final int MAX_ROUNDS = 5;
    private static final long ROUND_PAUSE_SECONDS = 1;

    private final LoopContext loop;
    private final Refills refills;
    private final Supplier<ServerConnection> to;
    private final ReplicaState replica;
    private final Function<Key, ServerConnection> sources;
    private final int generation;
    private final Consumer<Boolean> ended;

    private List<Key> keys;
    private List<Key> failed = new ArrayList<>();
    private int next;
    private int inFlight;
    private int rounds = 1;
    private boolean over;
    private boolean feeding;

    private KeyListRefill(
            LoopContext loop,
            Refills refills,
            List<Key> keys,
            Function<Key, ServerConnection> sources,
            Supplier<ServerConnection> to,
            int generation,
            Consumer<Boolean> ended) {
        this.loop = loop;
        this.refills = refills;
        this.keys = List.copyOf(keys);
        this.sources = sources;
        this.to = to;
        this.replica = to.get().state().replica();
        this.generation = generation;
        this.ended = ended;
    }

    /**
     * Begins.
     *
     * @param sources     maps a key to the server with the other copy
     * @param to          the loop's connection to the target; called for each key, because a reload may replace it
     * @param generation  of the target's {@link ReplicaState}, which is updated at the end
     * @param ended       receives whether every key is done; called once, possibly before this method returns
     */
    public static KeyListRefill start(
            LoopContext loop,
            Refills refills,
            List<Key> keys,
            Function<Key, ServerConnection> sources,
            Supplier<ServerConnection> to,
            int generation,
            Consumer<Boolean> ended) {
        KeyListRefill refill = new KeyListRefill(loop, refills, keys, sources, to, generation, ended);
        refill.feed();
        return refill;
    }

    private void feed() {
        if (feeding) {
            return;
        }
        feeding = true;
        while (next < keys.size() && wantedStill() && !refills.isBusy()) {
            Key key = keys.get(next++);
            inFlight++;
            if (!refills.wanted(key, sources.apply(key), to.get(), outcome -> tried(key, outcome))) {
                throw new AssertionError("the refill backlog is full but not busy");
            }
        }
        feeding = false;
        if (next < keys.size() && wantedStill()) {
            refills.whenCalm(this::feed);
        } else if (inFlight == 0) {
            endRound();
        }
    }

    /** A key written concurrently, or whose lease expired, may still be missing. */
    private void tried(Key key, CopyOutcome outcome) {
        inFlight--;
        if (outcome == CopyOutcome.BEATEN || outcome == CopyOutcome.FAILED) {
            failed.add(key);
        }
        if (inFlight == 0 && !feeding && (next == keys.size() || !wantedStill())) {
            endRound();
        }
    }

    private boolean wantedStill() {
        return loop.mayRepair()
                && replica.status() == ReplicaStatus.REFILLING
                && replica.refill().generation() == generation;
    }

    private void endRound() {
        if (over) {
            return;
        }
        boolean done = failed.isEmpty() && next == keys.size();
        if (done || rounds == MAX_ROUNDS || !wantedStill()) {
            over = true;
            if (done) {
                replica.refill().keysCopied(generation);
            }
            ended.accept(done);
            return;
        }
        rounds++;
        keys = failed;
        failed = new ArrayList<>();
        next = 0;
        loop.eventLoop().schedule(this::feed, ROUND_PAUSE_SECONDS, TimeUnit.SECONDS);
    }
}
