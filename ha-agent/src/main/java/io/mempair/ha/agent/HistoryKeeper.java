package io.mempair.ha.agent;

import io.mempair.ha.election.Election;
import io.mempair.ha.election.Role;
import io.mempair.ha.election.Transition;
import io.mempair.ha.group.Group;
import io.mempair.ha.group.OperatorMessage;
import io.mempair.ha.history.History;
import io.mempair.ha.history.HistoryFile;
import io.mempair.ha.history.HistoryRecord;
import io.mempair.ha.history.HistoryRecord.RecordKind;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.FailureText;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the history of this member: records what happens to it, tells the others, learns theirs, and writes all to a file. Agent
 * thread, except where said; the file is written on a thread that exists only meanwhile.
 */
final class HistoryKeeper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryKeeper.class);

    /** Longest wait for the last write. */
    private static final long CLOSE_MILLIS = 500;

    private final String self;
    private final Group group;
    private final @Nullable HistoryFile file;
    private final Clock clock;
    private final History history = new History();
    private final ServiceGap gap = new ServiceGap();

    /** One write runs and one waits, which writes what is there then; a third would be redundant. */
    private final ThreadPoolExecutor writer = new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(1),
            new DefaultThreadFactory("mempair-history", true),
            new ThreadPoolExecutor.DiscardPolicy());

    private volatile List<HistoryRecord> records = List.of();
    private volatile boolean unwritable;
    private int turn;

    /** @param file  null for none: then the history is as old as this process, and what the others tell */
    HistoryKeeper(String self, Group group, @Nullable HistoryFile file, Clock clock) {
        this.self = self;
        this.group = group;
        this.file = file;
        this.clock = clock;
        writer.allowCoreThreadTimeOut(true);
        if (file != null) {
            read(file);
        }
    }

    private void read(HistoryFile from) {
        try {
            from.read().forEach(history::add);
            records = history.records();
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("path", from.path())
                    .addKeyValue("reason", FailureText.of(e))
                    .log("history not read from {}: {} event=history_unread", from.path(), FailureText.of(e));
        }
    }

    /** All that is known, oldest first. Any thread. */
    List<HistoryRecord> records() {
        return records;
    }

    /** After each event of the election, before its transition. */
    void turnEnded(Election next, long nowNanos) {
        gap.turnEnded(next, nowNanos);
    }

    /** The role of this member changed. */
    void changed(Transition transition) {
        record(new HistoryRecord(
                history.timeFor(self, clock.wallMillis()),
                self,
                RecordKind.ROLE,
                word(transition.from()),
                word(transition.to()),
                transition.epoch(),
                word(transition.reason().cause()),
                transition.reason().text(),
                transition.tookNanos() / 1_000_000,
                transition.to() == Role.ACTIVE ? gap.gapMillis() : HistoryRecord.NO_GAP));
    }

    /** The configuration was reloaded, or that was refused. */
    void reloaded(boolean applied, String outcome) {
        record(HistoryRecord.ofReload(history.timeFor(self, clock.wallMillis()), self, applied, outcome));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private void record(HistoryRecord happened) {
        if (history.add(happened)) {
            changed();
            group.send(new OperatorMessage.Past(self, List.of(happened)));
        }
    }

    /** The number by which a peer finds out whether it has the same records. */
    long digest() {
        return history.digest();
    }

    /** A peer told the number of its records: if it is another one, it is told some of these. */
    void compare(long digest) {
        if (digest != history.digest()) {
            List<HistoryRecord> part = history.part(turn++);
            if (!part.isEmpty()) {
                group.send(new OperatorMessage.Past(self, part));
            }
        }
    }

    /** A peer told records. */
    void heard(OperatorMessage.Past past) {
        boolean any = false;
        for (HistoryRecord told : past.records()) {
            any |= history.add(told);
        }
        if (any) {
            changed();
        }
    }

    private void changed() {
        records = history.records();
        if (file != null) {
            HistoryFile to = file;
            writer.execute(() -> write(to));
        }
    }

    private void write(HistoryFile to) {
        try {
            to.write(records);
            unwritable = false;
        } catch (IOException | RuntimeException e) {
            if (!unwritable) {
                LOG.atWarn()
                        .addKeyValue("path", to.path())
                        .addKeyValue("reason", FailureText.of(e))
                        .log("history not written to {}: {} event=history_unwritten", to.path(), FailureText.of(e));
            }
            unwritable = true;
        }
    }

    /** Waits for the last write. Any thread. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.warn("history not written within {} ms", CLOSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
