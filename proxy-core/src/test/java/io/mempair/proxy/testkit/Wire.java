package io.mempair.proxy.testkit;

import io.mempair.proxy.config.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * The cable to a server, as a relay on a loopback port of its own. Cut, it is silent: nothing passes, no connection ends,
 * new ones hang. Healed, what was sent meanwhile arrives late, as TCP repeats it, unless its sender closed by a reset.
 *
 * <p>One thread moves the bytes; {@link #cut} and the like may be called from any and have happened when they return.
 */
public final class Wire implements AutoCloseable {

    private static final int BUFFER_BYTES = 64 << 10;

    /** Two wait in a queue of this length, and the kernel leaves further connects without an answer. */
    private static final int BACKLOG = 1;

    private static final int FILLERS = 4;
    private static final int LONGEST_TURN_MILLIS = 100;

    private final InetSocketAddress server;
    private final ServerSocketChannel listener;
    private final Selector selector;
    private final SelectionKey accepting;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final List<SocketChannel> fillers = new ArrayList<>();
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private List<Strand> strands = new ArrayList<>();
    private long answerDelayNanos;
    private boolean cut;
    private volatile boolean open = true;

    private Wire(InetSocketAddress server) throws IOException {
        this.server = server;
        listener = ServerSocketChannel.open();
        listener.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        listener.configureBlocking(false);
        selector = Selector.open();
        accepting = listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    /** A cable to this server that is whole. */
    public static Wire to(Memcached memcached) throws IOException {
        Wire wire = new Wire(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), memcached.address().port()));
        Thread thread = new Thread(wire::run, "wire");
        thread.setDaemon(true);
        thread.start();
        return wire;
    }

    /** Where its near end is. */
    public ServerAddress address() {
        return new ServerAddress("127.0.0.1", listener.socket().getLocalPort());
    }

    /** From now on nothing passes. */
    public void cut() {
        carryOut(() -> {
            cut = true;
            accepting.interestOps(0);
            strands.forEach(Strand::hold);
            fillBacklog();
        });
    }

    /** From now on all passes, first of all what was held. */
    public void heal() {
        carryOut(() -> {
            cut = false;
            fillers.forEach(Wire::closeQuietly);
            fillers.clear();
            accepting.interestOps(SelectionKey.OP_ACCEPT);
        });
    }

    /** From now on each answer takes this much longer. */
    public void delayAnswers(Duration delay) {
        carryOut(() -> answerDelayNanos = delay.toNanos());
    }

    private void carryOut(Runnable change) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        tasks.add(() -> {
            change.run();
            done.complete(null);
        });
        selector.wakeup();
        done.orTimeout(5, TimeUnit.SECONDS).join();
    }

    private void run() {
        try (selector;
                listener) {
            while (open) {
                selector.select(this::ignore, millisToNextAnswer());
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                if (!cut) {
                    turn();
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        } finally {
            strands.forEach(Strand::close);
            fillers.forEach(Wire::closeQuietly);
        }
    }

    /** There are so few strands that all have their turn whenever one has something. */
    private void ignore(SelectionKey ready) {}

    private void turn() throws IOException {
        for (SocketChannel client = listener.accept(); client != null; client = listener.accept()) {
            connect(client);
        }
        long nowNanos = System.nanoTime();
        List<Strand> left = new ArrayList<>();
        for (Strand strand : strands) {
            strand.turn(scratch, nowNanos, answerDelayNanos);
            if (strand.isOpen()) {
                left.add(strand);
            }
        }
        strands = left;
    }

    private void connect(SocketChannel client) throws IOException {
        SocketChannel toServer = SocketChannel.open();
        toServer.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
        try {
            toServer.socket().connect(server, 1_000);
            strands.add(new Strand(client, toServer, selector));
        } catch (IOException refused) {
            closeQuietly(toServer);
            closeQuietly(client);
        }
    }

    private long millisToNextAnswer() {
        long nowNanos = System.nanoTime();
        long latestNanos = nowNanos + TimeUnit.MILLISECONDS.toNanos(LONGEST_TURN_MILLIS);
        long dueNanos = latestNanos;
        for (Strand strand : strands) {
            dueNanos = Math.min(dueNanos, strand.nextDueNanos(latestNanos));
        }
        return cut ? LONGEST_TURN_MILLIS : 1 + Math.max(0, TimeUnit.NANOSECONDS.toMillis(dueNanos - nowNanos));
    }

    /** A kernel takes connections that nobody accepts: as many as its queue holds, so it is filled. */
    private void fillBacklog() {
        try {
            for (int i = 0; i < FILLERS; i++) {
                SocketChannel filler = SocketChannel.open();
                filler.configureBlocking(false);
                filler.connect(listener.getLocalAddress());
                fillers.add(filler);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        open = false;
        selector.wakeup();
    }
}
