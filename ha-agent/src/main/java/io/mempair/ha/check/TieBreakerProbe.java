package io.mempair.ha.check;

import io.mempair.ha.thread.NoThread;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.Timers;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes the addresses of the tie-breaker periodically and in parallel, and reports each answer. Each address has at
 * most one probe in flight, which ends within the limit, so the threads are few and none hangs.
 */
final class TieBreakerProbe implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TieBreakerProbe.class);

    /** How soon a moved server or a new gateway is probed. */
    private static final Duration LOOK_PAUSE = Duration.ofSeconds(5);

    /** Enough to probe all configured or default addresses at once. */
    private static final int MAX_THREADS = 17;

    private final Questions questions;
    private final Answers answers;
    private final String own;
    private final Duration pause;
    private final Clock clock;
    private final LongConsumer heard;
    private final Timers rounds = new Timers("mempair-tie-breaker");
    private final Timers names = new Timers("mempair-tie-breaker-names");
    private final Set<Question> underWay = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor asking;
    /** Whether the lack of threads was already logged; confined to the thread of the rounds. */
    private boolean shortOfThreads;

    private volatile List<Question> current = List.of();

    /**
     * @param own    this node's own address, the source of the probes
     * @param pause  between two rounds, and the time for each answer
     * @param heard  receives the send time of an answered probe; on any thread
     */
    TieBreakerProbe(Questions questions, Answers answers, String own, Duration pause, Clock clock, LongConsumer heard) {
        this(
                questions,
                answers,
                own,
                pause,
                clock,
                heard,
                new DefaultThreadFactory("mempair-tie-breaker-question", true));
    }

    TieBreakerProbe(
            Questions questions,
            Answers answers,
            String own,
            Duration pause,
            Clock clock,
            LongConsumer heard,
            ThreadFactory threads) {
        this.asking = new ThreadPoolExecutor(0, MAX_THREADS, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
        this.questions = questions;
        this.answers = answers;
        this.own = own;
        this.pause = pause;
        this.clock = clock;
        this.heard = heard;
    }

    void start() {
        names.every(LOOK_PAUSE, this::look);
        rounds.every(pause, this::round);
    }

    private void look() {
        List<Question> found = questions.look();
        current = found;
        synchronized (answers) {
            say(answers.asking(found));
        }
    }

    private void round() {
        long nowNanos = clock.nanoTime();
        boolean none;
        synchronized (answers) {
            say(answers.round(nowNanos));
            none = answers.isNone(nowNanos);
        }
        if (none) {
            heard.accept(nowNanos);
        }
        for (Question question : current) {
            if (underWay.add(question)) {
                tryToAsk(question);
            }
        }
    }

    /** Sends a probe; if no thread is free, a later round sends it. */
    private void tryToAsk(Question question) {
        boolean begun = false;
        try {
            ask(question);
            begun = true;
            shortOfThreads = false;
        } catch (RejectedExecutionException closedOrFull) {
            LOG.debug("tie-breaker: {} not probed", question, closedOrFull);
        } catch (OutOfMemoryError e) {
            if (!NoThread.is(e)) {
                throw e;
            }
            if (!shortOfThreads) {
                LOG.warn("tie-breaker: {} not probed: {}; retrying", question, e.getMessage());
            }
            shortOfThreads = true;
        } finally {
            if (!begun) {
                underWay.remove(question);
            }
        }
    }

    private void ask(Question question) {
        asking.execute(() -> {
            try {
                // the time of sending, not of the decision
                long askedNanos = clock.nanoTime();
                if (question.isAnswered(InetAddress.getByName(own), pause, clock)) {
                    heard.accept(askedNanos);
                    synchronized (answers) {
                        say(answers.answered(question, clock.nanoTime()));
                    }
                }
            } catch (UnknownHostException e) {
                LOG.debug("this node's own address is unknown", e);
            } finally {
                underWay.remove(question);
            }
        });
    }

    private static void say(@Nullable String line) {
        if (line != null) {
            LOG.atInfo().addKeyValue("text", line).log("{} event=tie_breaker", line);
        }
    }

    /** The current status. Any thread. */
    Checks.CheckStatus status() {
        synchronized (answers) {
            return answers.status(clock.nanoTime());
        }
    }

    @Override
    public void close() {
        rounds.close();
        names.close();
        asking.shutdownNow();
    }
}
