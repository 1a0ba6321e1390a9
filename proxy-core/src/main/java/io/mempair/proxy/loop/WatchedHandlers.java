package io.mempair.proxy.loop;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.function.Consumer;

/**
 * Creates I/O handlers that report immediately why their loop terminates. An exception of a handler terminates the
 * loop, and Netty only logs it; the loop's termination future may complete much later, after the registered channels
 * are closed.
 */
public final class WatchedHandlers implements IoHandlerFactory {

    private final IoHandlerFactory handlers;
    private final Consumer<Throwable> broken;

    /**
     * @param handlers  creates the handlers to delegate to
     * @param broken    receives the exception, on the thread of its loop
     */
    public WatchedHandlers(IoHandlerFactory handlers, Consumer<Throwable> broken) {
        this.handlers = handlers;
        this.broken = broken;
    }

    @Override
    public IoHandler newHandler(ThreadAwareExecutor loop) {
        return new Watched(handlers.newHandler(loop));
    }

    @Override
    public boolean isChangingThreadSupported() {
        return handlers.isChangingThreadSupported();
    }

    private final class Watched extends ForwardingIoHandler {

        Watched(IoHandler handler) {
            super(handler);
        }

        @Override
        public int run(IoHandlerContext context) {
            try {
                return super.run(context);
            } catch (Throwable t) {
                broken.accept(t);
                throw t;
            }
        }

        @Override
        public void initialize() {
            try {
                super.initialize();
            } catch (Throwable t) {
                broken.accept(t);
                throw t;
            }
        }
    }
}
