package io.mempair.proxy.recovery;

import io.mempair.proxy.backend.KeyDump;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.replication.Key;
import io.netty.bootstrap.Bootstrap;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Visits keys of one server at a limited rate, a few at a time: every key that exists during the whole walk is visited. A dump
 * is read as fast as the server sends it, so keys wait in a {@link KeySpool}; those that do not fit need another dump. Confined to its
 * loop.
 */
public final class KeyWalk {

    /** Keys visited at the same time. */
    public static final int MAX_IN_FLIGHT = 32;

    /** Does something with a key, and must call {@code ended} once; it may do so before it returns. */
    public interface Visitor {
        void visit(Key key, Runnable ended);
    }

    private final LoopContext loop;
    private final Bootstrap bootstrap;
    private final ServerState server;
    private final Duration connectTimeout;
    private final Predicate<Key> wanted;
    private final Pace pace;
    private final KeySpool spool;
    private final Visitor visitor;
    private final Consumer<@Nullable String> ended;

    private @Nullable KeyDump dump;
    private boolean feeding;
    private boolean waiting;
    private boolean over;
    private int inFlight;
    private long seen;

    private KeyWalk(
            LoopContext loop,
            Bootstrap bootstrap,
            ServerState server,
            Duration connectTimeout,
            WalkLimits limits,
            Predicate<Key> wanted,
            Visitor visitor,
            Consumer<@Nullable String> ended) {
        this.loop = loop;
        this.bootstrap = bootstrap;
        this.server = server;
        this.connectTimeout = connectTimeout;
        this.wanted = wanted;
        this.visitor = visitor;
        this.ended = ended;
        this.pace = new Pace(limits.keysPerSecond(), loop.nowNanos());
        this.spool = new KeySpool(limits.spoolBytes());
    }

    /**
     * How fast, and in how much memory.
     *
     * @param keysPerSecond  positive
     * @param spoolBytes     for keys dumped and not yet visited
     */
    public record WalkLimits(int keysPerSecond, int spoolBytes) {}

    /**
     * Starts.
     *
     * @param bootstrap  makes channels on the loop; copied for each dump
     * @param wanted     which keys are visited
     * @param visitor    visits them
     * @param ended      receives null when every visit has ended, or why the walk ended earlier; called once, and not after
     *     {@link #stop}
     */
    public static KeyWalk start(
            LoopContext loop,
            Bootstrap bootstrap,
            ServerState server,
            Duration connectTimeout,
            WalkLimits limits,
            Predicate<Key> wanted,
            Visitor visitor,
            Consumer<@Nullable String> ended) {
        KeyWalk walk = new KeyWalk(loop, bootstrap, server, connectTimeout, limits, wanted, visitor, ended);
        walk.dump(0);
        return walk;
    }

    /** Ends the walk. Visits under way go on. */
    public void stop() {
        over = true;
        if (dump != null) {
            dump.close();
            dump = null;
        }
        spool.begin(KeySpool.GROUPS);
    }

    /** Keys dumped so far. */
    public long seen() {
        return seen;
    }

    private void dump(int group) {
        spool.begin(group);
        dump = KeyDump.start(loop, bootstrap.clone(), server, connectTimeout, true, new KeyDump.DumpListener() {
            @Override
            public void key(Key key) {
                take(key, group == 0);
            }

            @Override
            public void ended() {
                dump = null;
                feed();
            }

            @Override
            public void failed(String reason) {
                dump = null;
                finish("server " + server.address() + ": " + reason);
            }
        });
    }

    private void take(Key key, boolean firstDump) {
        if (firstDump) {
            seen++;
        }
        if (wanted.test(key) && !spool.add(key)) {
            finish("there is too little memory for the keys of " + server.address());
        }
    }

    private void feed() {
        if (feeding || over || dump != null) {
            return;
        }
        feeding = true;
        boolean empty;
        try {
            empty = visitFromSpool();
        } finally {
            feeding = false;
        }
        if (over || !empty || inFlight > 0) {
            return;
        }
        if (spool.end() < KeySpool.GROUPS) {
            dump(spool.end());
        } else {
            finish(null);
        }
    }

    /** Returns whether the spool is empty. */
    private boolean visitFromSpool() {
        while (!over && !waiting && inFlight < MAX_IN_FLIGHT) {
            long pauseNanos = pace.pauseNanos(loop.nowNanos());
            if (pauseNanos > 0) {
                waiting = true;
                loop.eventLoop().schedule(this::goOn, pauseNanos, TimeUnit.NANOSECONDS);
                return false;
            }
            Key key = spool.next();
            if (key == null) {
                return true;
            }
            pace.took(loop.nowNanos());
            inFlight++;
            visitor.visit(key, this::visited);
        }
        return false;
    }

    private void goOn() {
        waiting = false;
        feed();
    }

    private void visited() {
        inFlight--;
        feed();
    }

    private void finish(@Nullable String reason) {
        if (!over) {
            stop();
            ended.accept(reason);
        }
    }
}
