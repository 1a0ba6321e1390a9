package io.mempair.ha.agent;

import io.mempair.ha.group.Group;
import io.mempair.ha.group.HandoverMessageCodec;
import io.mempair.ha.group.wire.PeerStream;
import io.mempair.ha.handover.HandoverMessage;
import io.mempair.proxy.config.FailureText;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The connections of hand-overs to and from other nodes, each known by a number. One thread writes to all of them, one
 * reads each. Any thread; methods return at once. Outcomes are told on a thread of this class.
 */
final class HandoverLinks implements AutoCloseable {

    /** Hears of the links. */
    interface LinkListener {
        /** A message came. */
        void heard(long link, HandoverMessage message);

        /** The link ended; told once. */
        void lost(long link, String why);
    }

    /** Links at one time; one more is refused. */
    private static final int MAX_LINKS = 4;

    /** What waits to be written: more batches of copies than any hand-over has. */
    private static final int MAX_WAITING = 4_096;

    /** Silence after which a link is given up: longer than any phase of a hand-over. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private final Group group;
    private final LinkListener listener;
    private final Map<Long, PeerStream> open = new ConcurrentHashMap<>();
    private final AtomicLong last = new AtomicLong();
    private final ThreadPoolExecutor writer = new ThreadPoolExecutor(
            0,
            1,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            task -> daemon(task, "mempair-handover"));

    HandoverLinks(Group group, LinkListener listener) {
        this.group = group;
        this.listener = listener;
        writer.setMaximumPoolSize(1);
        writer.setCorePoolSize(1);
        writer.allowCoreThreadTimeOut(true);
        group.acceptStreams(this::accepted);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private void accepted(PeerStream stream) {
        if (open.size() >= MAX_LINKS) {
            stream.close();
            return;
        }
        long link = last.incrementAndGet();
        open.put(link, stream);
        read(link, stream);
    }

    /** Connects to {@code peer} and sends it the first message; returns the number of the link. */
    long connect(String peer, HandoverMessage first) {
        long link = last.incrementAndGet();
        submit(link, () -> {
            PeerStream stream = group.openStream(peer);
            open.put(link, stream);
            read(link, stream);
            HandoverMessageCodec.write(first, stream.out());
        });
        return link;
    }

    private void read(long link, PeerStream stream) {
        daemon(() -> readAll(link, stream), "mempair-handover-" + link).start();
    }

    private void readAll(long link, PeerStream stream) {
        try {
            stream.readLimit(SILENCE);
            while (true) {
                listener.heard(link, HandoverMessageCodec.read(stream.in()));
            }
        } catch (EOFException e) {
            ended(link, "the peer closed the connection");
        } catch (IOException e) {
            ended(link, FailureText.of(e));
        }
    }

    private void ended(long link, String why) {
        PeerStream stream = open.remove(link);
        if (stream != null) {
            stream.close();
        }
        listener.lost(link, why);
    }

    /** Sends a message; a link that has ended loses it, and has been told of. */
    void send(long link, HandoverMessage message) {
        submit(link, () -> {
            PeerStream stream = open.get(link);
            if (stream != null) {
                HandoverMessageCodec.write(message, stream.out());
            }
        });
    }

    /** Runs {@code then} when all that was sent before is written. */
    void afterwards(long link, Runnable then) {
        submit(link, then::run);
    }

    /** Closes a link once all that was sent before is written. */
    void close(long link) {
        submit(link, () -> {
            PeerStream stream = open.remove(link);
            if (stream != null) {
                stream.close();
            }
        });
    }

    private interface Blocking {
        void run() throws IOException;
    }

    private void submit(long link, Blocking task) {
        try {
            writer.execute(() -> {
                try {
                    task.run();
                } catch (IOException e) {
                    ended(link, FailureText.of(e));
                }
            });
        } catch (RejectedExecutionException full) {
            ended(link, "too much waits to be written");
        }
    }

    @Override
    public void close() {
        writer.shutdown();
        open.values().forEach(PeerStream::close);
    }
}
