package io.mempair.proxy.loop;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
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

    private final class Watched implements IoHandler {

        private final IoHandler handler;

        Watched(IoHandler handler) {
            this.handler = handler;
        }

        @Override
        public int run(IoHandlerContext context) {
            try {
                return handler.run(context);
            } catch (Throwable t) {
                broken.accept(t);
                throw t;
            }
        }

        @Override
        public void initialize() {
            try {
                handler.initialize();
            } catch (Throwable t) {
                broken.accept(t);
                throw t;
            }
        }

        @Override
        public void prepareToDestroy() {
            handler.prepareToDestroy();
        }

        @Override
        public void destroy() {
            handler.destroy();
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            return handler.register(handle);
        }

        @Override
        public void wakeup() {
            handler.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return handler.isCompatible(handleType);
        }
    }
}
