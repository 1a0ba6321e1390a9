package io.mempair.proxy.frontend;

import io.mempair.proxy.handover.ConnectionCopy;
import io.mempair.proxy.handover.ConnectionCopyCodec;
import io.mempair.proxy.handover.MoveCounts;
import io.mempair.proxy.handover.NotMoved;
import io.mempair.proxy.handover.NotMovedException;
import io.mempair.proxy.handover.SendQueuePeek;
import io.mempair.proxy.handover.TcpInfo;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the connections of one loop, a part of them in each turn: bytes that arrived before the lock still come up in between.
 * A connection with bytes in the kernel is looked at again. Confined to the loop.
 */
final class ConnectionCopier {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionCopier.class);

    /** Connections of one turn. */
    private static final int PART = 100;

    /** Bytes after which a batch is sent; one connection more fits beyond that. */
    private static final int BATCH_BYTES = 4 << 20;

    /** Looks at a connection whose bytes do not come up, and the time between two of them. */
    private static final int MAX_LOOKS = 500;

    private static final long LOOK_MICROS = 200;

    private final EventLoop loop;
    private final Set<InetAddress> addresses;
    private final @Nullable SendQueuePeek peek;
    private final Consumer<byte[]> sink;
    private final CompletableFuture<MoveCounts> done = new CompletableFuture<>();
    private final Map<NotMoved, Integer> notMoved = new EnumMap<>(NotMoved.class);
    private int moved;
    private int left;

    /**
     * @param addresses  the virtual ones; connections to others stay
     * @param peek     reads what clients have not acknowledged, or null
     * @param sink     takes each encoded batch, on the loop
     */
    ConnectionCopier(EventLoop loop, Set<InetAddress> addresses, @Nullable SendQueuePeek peek, Consumer<byte[]> sink) {
        this.loop = loop;
        this.addresses = addresses;
        this.peek = peek;
        this.sink = sink;
    }

    /** Copies them; the future completes on the loop. */
    CompletableFuture<MoveCounts> copy(List<ClientConnection> clients) {
        left = clients.size();
        if (left == 0) {
            done.complete(MoveCounts.NONE);
        } else {
            copyPart(clients, 0, new ArrayList<>(), 0);
        }
        return done;
    }

    private void copyPart(List<ClientConnection> from, int at, List<ClientConnection> again, int looks) {
        int end = Math.min(from.size(), at + PART);
        List<ConnectionCopy> ready = new ArrayList<>();
        for (ClientConnection client : from.subList(at, end)) {
            copyOne(client, again, looks, ready);
        }
        push(ready);
        if (end < from.size()) {
            loop.execute(() -> copyPart(from, end, again, looks));
        } else if (!again.isEmpty()) {
            // a timer: a task would run before the loop has looked at its sockets
            loop.schedule(() -> copyPart(again, 0, new ArrayList<>(), looks + 1), LOOK_MICROS, TimeUnit.MICROSECONDS);
        }
    }

    private void copyOne(ClientConnection client, List<ClientConnection> again, int looks, List<ConnectionCopy> ready) {
        try {
            TcpInfo info = client.handover().move().look(addresses);
            if (info == null && looks < MAX_LOOKS) {
                again.add(client);
                return;
            }
            if (info == null) {
                throw new NotMovedException(NotMoved.UNREAD, "bytes of the client do not come up");
            }
            CompletableFuture<ConnectionCopy> copy = client.handover().move().copy(info, peek);
            if (copy.isDone() && !copy.isCompletedExceptionally()) {
                ready.add(copy.join());
                moved++;
                left--;
            } else {
                copy.whenCompleteAsync((late, failure) -> ended(client, late, failure), loop);
            }
        } catch (NotMovedException e) {
            failed(client, e);
        } catch (ChannelException e) {
            failed(client, new NotMovedException(NotMoved.KERNEL, String.valueOf(e.getMessage())));
        }
    }

    private void ended(ClientConnection client, @Nullable ConnectionCopy copy, @Nullable Throwable failure) {
        List<ConnectionCopy> ready = new ArrayList<>();
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (copy != null) {
            ready.add(copy);
            moved++;
            left--;
        } else if (cause instanceof NotMovedException why) {
            failed(client, why);
        } else {
            failed(client, new NotMovedException(NotMoved.KERNEL, String.valueOf(cause)));
        }
        push(ready);
    }

    private void failed(ClientConnection client, NotMovedException why) {
        LOG.debug(
                "client {} is not moved: {} {}",
                client.handover().name(),
                why.reason().word(),
                why.getMessage());
        client.handover().takeBack();
        notMoved.merge(why.reason(), 1, Integer::sum);
        left--;
    }

    private void push(List<ConnectionCopy> ready) {
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < ready.size(); i++) {
            bytes += ready.get(i).bytes();
            if (bytes >= BATCH_BYTES || i == ready.size() - 1) {
                sink.accept(ConnectionCopyCodec.encode(ready.subList(from, i + 1)));
                from = i + 1;
                bytes = 0;
            }
        }
        if (left == 0) {
            left = -1;
            done.complete(new MoveCounts(moved, notMoved));
        }
    }
}
