package io.mempair.deploy.handover;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Clients of the virtual address under an open loop ({@link LoadSchedule}). Some read slowly, and all the time new ones come, ask and
 * go. One thread of its own.
 */
final class ClientLoad implements AutoCloseable {

    /** For the last answers at the end. */
    private static final long LAST_NANOS = 10_000_000_000L;

    private static final int SLOW_PERCENT = 2;
    private static final int LARGE_ONE_OF = 10;

    /** Before a client whose connection is over connects again. */
    private static final long RETURN_NANOS = 100_000_000;

    private static final long SLOW_READ_NANOS = 10_000_000;
    private static final int SLOW_READ_BYTES = 4_096;

    /** Clients that connect at once at the start. */
    private static final int CONNECTING = 50;

    private record Returning(LoadConversation conversation, long atNanos) {}

    private final InetSocketAddress to;
    private final LoadPatience patience;
    private final int count;
    private final LoadFigures figures;
    private final LoadSchedule schedule;
    private final Selector selector;
    private final ByteBuffer shared = ByteBuffer.allocateDirect(1 << 18);
    private final List<LoadConnection> clients = new ArrayList<>();
    private final LoadVisitors visitors;
    private final Deque<Returning> returning = new ArrayDeque<>();
    private final List<LoadCounter> counters = new CopyOnWriteArrayList<>();
    private final Set<LoadConnection> holding = new LinkedHashSet<>();
    private final CountDownLatch ready = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "client-load");
    private volatile boolean over;
    private volatile long oldestDueNanos;
    private long slowReadNanos;
    private long returns;

    /**
     * @param count  clients that stay
     * @param rate   requests a second
     */
    ClientLoad(InetSocketAddress to, LoadPatience patience, int count, int rate, long seed, LoadFigures figures) {
        this.to = to;
        this.patience = patience;
        this.count = count;
        this.figures = figures;
        this.schedule = new LoadSchedule(rate, seed);
        try {
            this.selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.visitors = new LoadVisitors(to, selector, figures);
    }

    /** Connects the clients, and returns when each has its keys and the load has begun. */
    void start() throws InterruptedException {
        thread.start();
        if (!ready.await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the clients do not get their first answers");
        }
    }

    /** Asks no more, waits for the last answers, and closes everything. */
    void end() throws InterruptedException {
        over = true;
        thread.join(TimeUnit.SECONDS.toMillis(60));
    }

    private void run() {
        try {
            connectAll();
            long now = System.nanoTime();
            schedule.begin(now);
            visitors.begin(now);
            slowReadNanos = now;
            oldestDueNanos = now;
            ready.countDown();
            while (!over) {
                askWhatIsDue(System.nanoTime());
                turn();
            }
            long end = System.nanoTime() + LAST_NANOS;
            while (System.nanoTime() - end < 0 && !allAnswered()) {
                turn();
            }
            everyone().stream()
                    .filter(one -> !one.isAnswered())
                    .forEach(one -> figures.hung(one.conversation().name() + " at the end"));
        } catch (IOException e) {
            figures.lost("the load cannot go on: " + e);
        } finally {
            clients.forEach(one -> counters.add(one.conversation().counted("it was there at the end")));
            everyone().forEach(LoadConnection::close);
        }
    }

    /** The counters of all clients, once the load has ended. Any thread. */
    List<LoadCounter> counters() {
        return counters;
    }

    private void connectAll() throws IOException {
        int made = 0; // each has keys of its own, also if another is lost meanwhile
        while (made < count || !allAnswered()) {
            boolean room = clients.stream().filter(one -> !one.isAnswered()).count() < CONNECTING;
            if (room && made < count) {
                int id = made;
                made++;
                boolean slow = !patience.returns() && id * SLOW_PERCENT % 100 < SLOW_PERCENT;
                LoadConversation conversation = LoadConversation.of(id, slow || id % LARGE_ONE_OF == 1);
                LoadConnection client = new LoadConnection(conversation, slow, to, selector);
                clients.add(client);
                begin(client, System.nanoTime());
            }
            turn();
        }
        figures.longestMillis(); // what it took until here is nobody's wait
    }

    private void begin(LoadConnection client, long now) throws IOException {
        client.conversation().beginning().forEach(request -> client.ask(request, now));
        client.flush(now);
    }

    private List<LoadConnection> everyone() {
        List<LoadConnection> all = new ArrayList<>(clients);
        all.addAll(visitors.here());
        return all;
    }

    private boolean allAnswered() {
        return everyone().stream().allMatch(LoadConnection::isAnswered);
    }

    private void askWhatIsDue(long now) {
        for (LoadConnection client : schedule.ask(clients, now)) {
            tried(client, () -> client.flush(now));
            if (client.isHolding()) {
                holding.add(client);
            }
        }
        visitors.come(now);
        while (!returning.isEmpty() && returning.peek().atNanos() - now <= 0) {
            connectAgain(returning.remove().conversation(), now);
        }
    }

    /** What the sockets have to say, for a millisecond at most. */
    private void turn() throws IOException {
        selector.select(1);
        long now = System.nanoTime();
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.isValid()) {
                ready((LoadConnection) key.attachment(), key, now);
            }
        }
        selector.selectedKeys().clear();
        List<LoadConnection> held = List.copyOf(holding);
        holding.clear();
        for (LoadConnection client : held) {
            tried(client, () -> client.flush(now));
            if (client.isHolding()) {
                holding.add(client);
            }
        }
        if (slowReadNanos - now <= 0) {
            slowReadNanos = now + SLOW_READ_NANOS;
            List.copyOf(clients).stream().filter(LoadConnection::isSlow).forEach(one -> read(one, SLOW_READ_BYTES));
            List.copyOf(everyone()).forEach(one -> loseIfHung(one, now));
            oldestDueNanos = oldestDue(now);
        }
        visitors.go();
    }

    private void connectAgain(LoadConversation conversation, long now) {
        try {
            LoadConnection client = new LoadConnection(conversation, false, to, selector);
            clients.add(client);
            begin(client, now);
        } catch (IOException e) {
            figures.lost(conversation.name() + ": " + e);
            returning.add(new Returning(conversation, now + RETURN_NANOS));
        }
    }

    private void ready(LoadConnection client, SelectionKey key, long now) {
        int ops = key.readyOps();
        if ((ops & SelectionKey.OP_CONNECT) != 0) {
            tried(client, () -> client.finishConnect(now));
        } else if ((ops & SelectionKey.OP_WRITE) != 0) {
            tried(client, () -> client.flush(now));
        }
        if ((ops & SelectionKey.OP_READ) != 0) {
            read(client, shared.capacity());
        }
    }

    private void read(LoadConnection client, int mostBytes) {
        boolean visitor = visitors.here().contains(client);
        tried(client, () -> {
            String wrong = client.read(shared, mostBytes, (request, due) -> {
                figures.answered(request.counts());
                if (request.counts()) {
                    client.conversation().counted();
                }
                if (!client.isSlow()) {
                    figures.waited(System.nanoTime() - due, visitor);
                }
            });
            if (!wrong.isEmpty()) {
                figures.wrong(client.conversation().name() + ": " + wrong);
                forget(client, "a wrong answer");
            }
        });
    }

    private long oldestDue(long now) {
        return everyone().stream()
                        .filter(one -> !one.isSlow())
                        .mapToLong(one -> one.oldestDueNanos(now) - now)
                        .min()
                        .orElse(0)
                + now;
    }

    /** Since when the client that waits longest does, of those that read at once; some milliseconds old. Any thread. */
    long oldestDueNanos() {
        return oldestDueNanos;
    }

    private void loseIfHung(LoadConnection client, long now) {
        if (!client.isSlow() && now - client.oldestDueNanos(now) > patience.answerNanos()) {
            figures.hung(client.conversation().name());
            forget(client, "no answer");
        }
    }

    private interface SocketCall {
        void run() throws IOException;
    }

    private void tried(LoadConnection client, SocketCall call) {
        try {
            call.run();
        } catch (IOException e) {
            figures.lost(client.conversation().name() + ": " + e);
            forget(client, String.valueOf(e.getMessage()));
        }
    }

    private void forget(LoadConnection client, String why) {
        client.close();
        visitors.here().remove(client);
        holding.remove(client);
        if (clients.remove(client)) {
            counters.add(client.conversation().counted(why));
            if (patience.returns()) {
                returns++;
                returning.add(new Returning(client.conversation().anew(returns), System.nanoTime() + RETURN_NANOS));
            }
        }
    }

    @Override
    public void close() {
        over = true;
        thread.interrupt();
    }
}
