package io.mempair.proxy.server;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Resolves names of servers as the host does (hosts file, resolv.conf), on a thread of its own: a name server
 * that does not answer holds up that name and never a loop. A name is resolved at every connect, so a server that moved
 * is found again. Literal addresses are taken as they are.
 */
final class OffLoopResolver extends AddressResolverGroup<InetSocketAddress> {

    /** Names waiting; each connection waits for one at most, so this is many servers on many loops. */
    private static final int MAX_WAITING = 1_024;

    private final ExecutorService lookups = new ThreadPoolExecutor(
            0,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            new DefaultThreadFactory("mempair-resolver", true));

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new InetNameResolver(executor) {
            @Override
            protected void doResolve(String name, Promise<InetAddress> result) throws Exception {
                if (NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name)) {
                    result.setSuccess(InetAddress.getByName(name));
                } else {
                    lookUp(name, result);
                }
            }

            @Override
            protected void doResolveAll(String name, Promise<List<InetAddress>> result) throws Exception {
                Promise<InetAddress> first = executor.newPromise();
                first.addListener(done -> {
                    if (done.isSuccess()) {
                        result.setSuccess(List.of(first.getNow()));
                    } else {
                        result.setFailure(done.cause());
                    }
                });
                doResolve(name, first);
            }
        }.asAddressResolver();
    }

    private void lookUp(String name, Promise<InetAddress> result) {
        try {
            lookups.execute(() -> {
                try {
                    result.setSuccess(InetAddress.getByName(name));
                } catch (UnknownHostException e) {
                    result.setFailure(new UnknownHostException("name '" + name + "' cannot be resolved"));
                } catch (RuntimeException | Error e) {
                    result.tryFailure(e); // or the connection would wait for ever
                    throw e;
                }
            });
        } catch (RejectedExecutionException e) {
            result.setFailure(e);
        }
    }

    @Override
    public void close() {
        lookups.shutdownNow();
        super.close();
    }
}
