package io.mempair.proxy.loop;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Makes epoll handlers that keep a socket in the interest list (epoll(7)) while its channel waits for no event.
 *
 * <p>A channel waits for nothing when its peer has ended its half of the connection, reading is paused and the socket takes what
 * is written. Netty (4.2.11 to 4.2.20, since pull request 16689) takes the socket out of the list then, but remembers it as listed: the
 * next change fails with ENOENT, and with it the first write that the socket does not take at once. Here such a socket stays,
 * edge-triggered and without an event: it tells an error or a reset, once, and nothing else.
 */
public final class EpollInterest implements IoHandlerFactory {

    private final IoHandlerFactory handlers;

    /** @param handlers  makes the handlers of epoll that do the work */
    public EpollInterest(IoHandlerFactory handlers) {
        this.handlers = handlers;
    }

    @Override
    public IoHandler newHandler(ThreadAwareExecutor loop) {
        return new Keeping(handlers.newHandler(loop));
    }

    @Override
    public boolean isChangingThreadSupported() {
        return handlers.isChangingThreadSupported();
    }

    private static final class Keeping extends ForwardingIoHandler {

        Keeping(IoHandler handler) {
            super(handler);
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            return new Kept(super.register(handle));
        }
    }

    /** The registration of one socket. Confined to the loop's thread, but for {@link #isValid} and {@link #cancel}. */
    private static final class Kept implements IoRegistration {

        private final IoRegistration registration;

        /** A socket that is not connected yet must stay out: epoll would report it as hung up. */
        private boolean listed;

        Kept(IoRegistration registration) {
            this.registration = registration;
        }

        @Override
        public long submit(IoOps ops) {
            if (ops.equals(EpollIoOps.NONE)) {
                return listed ? registration.submit(EpollIoOps.EPOLLET) : 0;
            }
            listed = true;
            return registration.submit(ops);
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature
        public <T> T attachment() {
            return registration.attachment();
        }

        @Override
        public boolean isValid() {
            return registration.isValid();
        }

        @Override
        public boolean cancel() {
            return registration.cancel();
        }
    }
}
