package io.mempair.proxy.recovery;

import io.mempair.proxy.backend.KeyDump;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.refill.ItemCopy.CopyOutcome;
import io.mempair.proxy.refill.Refills;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.WriteOrder;
import io.mempair.proxy.replication.WritesInFlight;
import io.netty.bootstrap.Bootstrap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refills a server that came back empty with every key it owns, from the servers of the other tier, one source after
 * the other. A walk dumps the keys of a source as fast as the source sends them; they wait in a {@link KeySpool} and
 * are copied at a limited rate. Keys that do not fit need another walk. Keys that could not be copied are tried again
 * at the end. When no key is left, the server is marked as refilled. Confined to its loop, except {@link #progress}.
 */
public final class BulkCopier {

    private static final Logger LOG = LoggerFactory.getLogger(BulkCopier.class);

    /**
     * Progress of the copy.
     *
     * @param seen    keys dumped by the sources
     * @param copied  keys stored on the target
     * @param failed  keys that could not be copied at the first try
     * @param total   items the sources asked so far reported; 0 if none did
     */
    public record CopyProgress(long seen, long copied, long failed, long total) {}

    private final LoopContext loop;
    private final Bootstrap bootstrap;
    private final Refills refills;
    private final BulkCopyPlan plan;
    private final int generation;
    private final Pace pace;
    private final KeySpool spool;
    private final Consumer<Boolean> ended;

    private final AtomicLong seen = new AtomicLong();
    private final AtomicLong copied = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong total = new AtomicLong();

    private final Map<Key, ServerConnection> failed = new HashMap<>();
    private @Nullable KeyDump dump;

    /** The source whose keys are being dumped or copied. */
    private @Nullable ServerConnection source;

    private boolean feeding;
    private int nextSource;
    private int inFlight;
    private boolean allRead;
    private boolean over;

    private BulkCopier(
            LoopContext loop, Bootstrap bootstrap, Refills refills, BulkCopyPlan plan, Consumer<Boolean> ended) {
        this.loop = loop;
        this.bootstrap = bootstrap;
        this.refills = refills;
        this.plan = plan;
        this.generation = plan.to().state().replica().refill().generation();
        this.pace = new Pace(plan.keysPerSecond(), loop.nowNanos());
        this.spool = new KeySpool(plan.spoolBytes());
        this.ended = ended;
    }

    /**
     * Begins, behind the writes in flight: one that began while the target was out goes to the source alone, and a walk
     * that has passed its key would not find it.
     *
     * @param order      of the writes of the loop
     * @param bootstrap  makes channels on the loop; copied for each source
     * @param ended       receives whether every key was copied; called once, possibly before this method returns
     */
    public static BulkCopier start(
            LoopContext loop,
            WriteOrder order,
            Bootstrap bootstrap,
            Refills refills,
            BulkCopyPlan plan,
            Consumer<Boolean> ended) {
        BulkCopier copier = new BulkCopier(loop, bootstrap, refills, plan, ended);
        LOG.atInfo()
                .addKeyValue("server", plan.to().state().address())
                .log(
                        "server {} bulk copy started event=bulk_copy_started",
                        plan.to().state().address());
        WritesInFlight.awaitAll(order, copier::readNext);
        return copier;
    }

    /** Progress of the copy; any thread. */
    public CopyProgress progress() {
        return new CopyProgress(seen.get(), copied.get(), failures.get(), total.get());
    }

    /** Stops the copy. Keys in flight are still copied. */
    public void stop() {
        if (!over) {
            finish(false, "stopped");
        }
    }

    private void readNext() {
        if (over) {
            return;
        }
        if (nextSource == plan.sources().size()) {
            source = null;
            allRead = true;
            endIfDone();
            return;
        }
        ServerConnection next = plan.sources().get(nextSource++);
        source = next;
        ItemCount.ask(next, total::addAndGet);
        walk(next, 0);
    }

    /** Dumps the keys of the source into the spool, from {@code group} on; earlier groups are already copied. */
    private void walk(ServerConnection from, int group) {
        if (!wantedStill()) {
            finish(false, "no longer wanted");
            return;
        }
        spool.begin(group);
        dump = KeyDump.start(loop, bootstrap.clone(), from.state(), plan.connectTimeout(), new KeyDump.DumpListener() {
            @Override
            public void key(Key key) {
                take(key, from, group == 0);
            }

            @Override
            public void ended() {
                dump = null;
                feed();
            }

            @Override
            public void failed(String reason) {
                finish(false, "server " + from.state().address() + ": " + reason);
            }
        });
    }

    private void take(Key key, ServerConnection from, boolean firstWalk) {
        if (over) {
            return;
        }
        if (!wantedStill()) {
            finish(false, "no longer wanted");
            return;
        }
        if (firstWalk) {
            seen.incrementAndGet();
        }
        if (plan.owns().test(key, from) && !spool.add(key)) {
            finish(false, "the spool of " + plan.spoolBytes() + " bytes is too small for one group of keys");
        }
    }

    /** Copies the keys of the spool at the configured rate. A copy may end before the call that starts it returns. */
    private void feed() {
        ServerConnection from = source;
        if (feeding || over || from == null) {
            return;
        }
        feeding = true;
        boolean empty;
        try {
            empty = takeFromSpool(from);
        } finally {
            feeding = false;
        }
        if (over || !empty) {
            return;
        }
        if (spool.end() < KeySpool.GROUPS) {
            walk(from, spool.end());
        } else {
            readNext();
        }
    }

    /** Returns whether the spool is empty. */
    private boolean takeFromSpool(ServerConnection from) {
        while (!over && mayGoOn()) {
            Key key = spool.next();
            if (key == null) {
                return true;
            }
            copy(key, from);
        }
        return false;
    }

    private void copy(Key key, ServerConnection from) {
        if (!wantedStill()) {
            finish(false, "no longer wanted");
            return;
        }
        pace.took(loop.nowNanos());
        inFlight++;
        if (!refills.wanted(key, from, plan.to(), outcome -> tried(key, from, outcome))) {
            tried(key, from, CopyOutcome.FAILED);
        }
    }

    /** Whether the next key may be copied now; if not, schedules {@link #feed}. */
    private boolean mayGoOn() {
        long pauseNanos = pace.pauseNanos(loop.nowNanos());
        if (pauseNanos > 0) {
            loop.eventLoop().schedule(this::feed, pauseNanos, TimeUnit.NANOSECONDS);
        } else if (refills.isBusy()) {
            refills.whenCalm(this::feed);
        } else {
            return true;
        }
        return false;
    }

    private void tried(Key key, ServerConnection source, CopyOutcome outcome) {
        inFlight--;
        if (outcome == CopyOutcome.COPIED) {
            copied.incrementAndGet();
        } else if (outcome == CopyOutcome.BEATEN || outcome == CopyOutcome.FAILED) {
            failures.incrementAndGet();
            if (failed.size() < plan.maxFailed()) {
                failed.put(key, source);
            }
        }
        endIfDone();
    }

    private boolean wantedStill() {
        ReplicaState replica = plan.to().state().replica();
        return loop.mayRepair()
                && !plan.to().isEnding()
                && replica.status() == ReplicaStatus.REFILLING
                && replica.refill().generation() == generation;
    }

    private void endIfDone() {
        if (over || !allRead || inFlight > 0) {
            return;
        }
        if (failures.get() > plan.maxFailed()) {
            finish(false, failures.get() + " keys could not be copied");
            return;
        }
        over = true;
        KeyListRefill.start(
                loop,
                refills,
                new ArrayList<>(failed.keySet()),
                key -> Objects.requireNonNull(failed.get(key)),
                plan::to,
                generation,
                done -> {
                    if (done) {
                        plan.to().state().replica().refill().completed(generation);
                    }
                    finish(done, failed.size() + " keys could not be copied");
                });
    }

    private void finish(boolean done, String reason) {
        over = true;
        if (dump != null) {
            dump.close();
            dump = null;
        }
        LOG.atInfo()
                .addKeyValue("server", plan.to().state().address())
                .addKeyValue("outcome", done ? "complete" : "aborted")
                .log(
                        "server {} bulk copy {} seen={} copied={}{} event=bulk_copy_ended",
                        plan.to().state().address(),
                        done ? "complete" : "aborted",
                        seen,
                        copied,
                        done ? "" : " reason=\"" + reason + '"');
        spool.begin(KeySpool.GROUPS); // the copier is kept for its progress, and its keys would be too
        failed.clear();
        ended.accept(done);
    }
}
