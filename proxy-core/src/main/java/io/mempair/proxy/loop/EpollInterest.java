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
 * <p>A channel waits for no event when its peer has closed its half of the connection, reading is paused and the socket
 * is writable. Netty (4.2.11 to 4.2.20, since pull request 16689) then removes the socket from the list but still
 * considers it listed: the next change fails with ENOENT, and so does the first write that the socket does not accept
 * completely. Here such a socket stays listed, edge-triggered and without an event: it reports an error or a reset,
 * once, and nothing else.
 */
public final class EpollInterest implements IoHandlerFactory {

    private final IoHandlerFactory handlers;

    /** @param handlers  creates the epoll handlers to delegate to */
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
            return new KeptRegistration(super.register(handle));
        }
    }

    /** The registration of one socket. Confined to the loop's thread, except {@link #isValid} and {@link #cancel}. */
    private static final class KeptRegistration implements IoRegistration {

        private final IoRegistration registration;

        /** A socket that is not connected yet must not be listed: epoll would report a hang-up. */
        private boolean listed;

        KeptRegistration(IoRegistration registration) {
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
