package io.mempair.proxy.server;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Resolves names like the host does (hosts file, resolv.conf), which blocks a thread while a name server is silent. So
 * each lookup has its own thread, and concurrent requests for a name share one lookup. Any thread.
 */
final class NameLookups implements AutoCloseable {

    /** Concurrent lookups. Beyond it a silent name server delays other names. */
    private static final int MAX_THREADS = 32;

    /** Names that wait for a thread; a pool of more servers is not one. */
    private static final int MAX_WAITING = 1_024;

    private static final int IDLE_SECONDS = 10;

    /** The host's resolver. */
    interface LookedUpHost {
        InetAddress[] addressesOf(String name) throws UnknownHostException;
    }

    private final LookedUpHost host;
    private final ExecutorService threads;
    private final Map<String, CompletableFuture<List<InetAddress>>> underWay = new HashMap<>();

    NameLookups(LookedUpHost host) {
        this.host = host;
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                MAX_THREADS,
                MAX_THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MAX_WAITING),
                new DefaultThreadFactory("mempair-resolver", true));
        pool.allowCoreThreadTimeOut(true);
        this.threads = pool;
    }

    /**
     * Every address of that name, in the host's order; completes on another thread, possibly after minutes: the caller
     * sets a limit. Fails with an {@link UnknownHostException} that names it.
     */
    CompletableFuture<List<InetAddress>> of(String name) {
        CompletableFuture<List<InetAddress>> mine = new CompletableFuture<>();
        synchronized (underWay) {
            CompletableFuture<List<InetAddress>> others = underWay.putIfAbsent(name, mine);
            if (others != null) {
                return others;
            }
        }
        try {
            threads.execute(() -> lookUp(name, mine));
        } catch (RejectedExecutionException e) {
            over(name);
            mine.completeExceptionally(new UnknownHostException("name '" + name + "': too many names are looked up"));
        }
        return mine;
    }

    private void lookUp(String name, CompletableFuture<List<InetAddress>> asked) {
        try {
            List<InetAddress> found = List.of(host.addressesOf(name));
            over(name);
            asked.complete(found);
        } catch (UnknownHostException e) {
            over(name);
            asked.completeExceptionally(new UnknownHostException("name '" + name + "' cannot be resolved"));
        } catch (RuntimeException | Error e) {
            over(name);
            asked.completeExceptionally(e); // or the connections would wait for their limit, and each one behind them
            throw e;
        }
    }

    private void over(String name) {
        synchronized (underWay) {
            underWay.remove(name);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
