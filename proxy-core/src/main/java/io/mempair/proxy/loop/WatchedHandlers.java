package io.mempair.proxy.loop;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.function.Consumer;

/**
 * Makes I/O handlers that tell at once what ends their loop. What a handler throws ends the loop, and Netty only logs it;
 * the future of the loop's end may come much later, because what is registered is closed before.
 */
public final class WatchedHandlers implements IoHandlerFactory {

    private final IoHandlerFactory handlers;
    private final Consumer<Throwable> broken;

    /**
     * @param handlers  makes the handlers that do the work
     * @param broken    told what one of them threw; on the thread of its loop
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
