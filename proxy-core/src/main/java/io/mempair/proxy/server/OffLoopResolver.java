package io.mempair.proxy.server;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Resolves server names by {@link NameLookups}: a silent name server delays its name for a limited time, and neither a
 * loop nor another name. A name is resolved whenever no loop is connected to its server, so a server that moved is
 * found again. Literal addresses are used directly.
 */
final class OffLoopResolver extends AddressResolverGroup<InetSocketAddress> {

    /** Milliseconds a connect waits for its address. The lookup continues; the next attempt may use its result. */
    static final long LIMIT_MILLIS = 5_000;

    private final NameLookups lookups;

    OffLoopResolver(NameLookups.LookedUpHost host) {
        this.lookups = new NameLookups(host);
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new InetNameResolver(executor) {
            @Override
            protected void doResolve(String name, Promise<InetAddress> result) throws Exception {
                Promise<List<InetAddress>> all = executor.newPromise();
                all.addListener(done -> {
                    if (done.isSuccess()) {
                        result.setSuccess(all.getNow().get(0));
                    } else {
                        result.setFailure(done.cause());
                    }
                });
                doResolveAll(name, all);
            }

            @Override
            protected void doResolveAll(String name, Promise<List<InetAddress>> result) throws Exception {
                if (NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name)) {
                    result.setSuccess(List.of(InetAddress.getByName(name)));
                } else {
                    lookUp(name, executor, result);
                }
            }
        }.asAddressResolver();
    }

    /** Every address of that name, not of a literal; completes on another thread, perhaps late: see {@link NameLookups#of}. */
    CompletableFuture<List<InetAddress>> addressesOf(String name) {
        return lookups.of(name);
    }

    private void lookUp(String name, EventExecutor executor, Promise<List<InetAddress>> result) {
        Future<?> limit = executor.schedule(
                () -> result.tryFailure(new UnknownHostException(
                        "name '" + name + "': no answer of the name server in " + LIMIT_MILLIS + " ms")),
                LIMIT_MILLIS,
                TimeUnit.MILLISECONDS);
        lookups.of(name).whenComplete((found, failure) -> {
            limit.cancel(false);
            if (failure == null) {
                result.trySuccess(found);
            } else {
                result.tryFailure(failure);
            }
        });
    }

    @Override
    public void close() {
        lookups.close();
        super.close();
    }
}
