package io.mempair.proxy.server;

import static io.mempair.proxy.config.TransportChoice.EPOLL;

import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.loop.EpollInterest;
import io.mempair.proxy.loop.LoopAlarm;
import io.mempair.proxy.loop.WatchedHandlers;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A transport, with its channel classes.
 *
 * @param choice   which one; never {@link TransportChoice#AUTO}
 * @param handler  makes a loop's I/O handler, of Netty
 * @param server   class of listening channels
 * @param client   class of connected channels
 * @param unix     class of listening channels of unix sockets
 */
record Transport(
        TransportChoice choice,
        IoHandlerFactory handler,
        Class<? extends ServerChannel> server,
        Class<? extends SocketChannel> client,
        Class<? extends ServerChannel> unix) {

    private static final Logger LOG = LoggerFactory.getLogger(Transport.class);

    /** Initialised once, at the first use of io_uring. */
    private static final class IoUringSupport {

        /**
         * At the limit of open files an accept that goes on by itself, as io_uring can, is begun again whatever its listener
         * wants: Netty 4.2.18 then spins. So listeners ask for each connection.
         */
        private static final String ACCEPT_BY_ITSELF = "io.netty.iouring.acceptMultiShotEnabled";

        /** Why io_uring does not work here, or null. */
        static final @Nullable Throwable FAILURE;

        static {
            if (System.getProperty(ACCEPT_BY_ITSELF) == null) {
                System.setProperty(ACCEPT_BY_ITSELF, "false");
            }
            FAILURE = IoUring.isAvailable()
                    ? RingProbe.failure(IoUringIoHandler.newFactory())
                    : IoUring.unavailabilityCause();
        }
    }

    /**
     * The transport for {@code wanted}; for AUTO the first that works of io_uring, epoll and NIO: one submission carries the
     * reads and writes of a whole turn. Containers often forbid io_uring, and old kernels lack it.
     *
     * <p>Netty (4.2.20) lets clients of a unix socket end their half of a connection with epoll only; with the others they lose
     * the answers they have not got by then. So AUTO is epoll where there is such a socket.
     *
     * @param unixSocket  whether clients come by a unix socket
     * @throws IllegalStateException if the wanted one does not work here, with the reason
     */
    static Transport of(TransportChoice wanted, boolean unixSocket) {
        Transport transport = of(wanted == TransportChoice.AUTO && unixSocket && Epoll.isAvailable() ? EPOLL : wanted);
        if (unixSocket && transport.choice() != EPOLL) {
            LOG.warn(
                    "with transport {} a client of the unix socket loses its outstanding replies when it closes its"
                            + " half of the connection, as socat does (remedy: --transport epoll)",
                    transport.name());
        }
        return transport;
    }

    private static Transport of(TransportChoice wanted) {
        return switch (wanted) {
            case AUTO -> best();
            case IO_URING -> {
                require(wanted, IoUringSupport.FAILURE == null, IoUringSupport.FAILURE);
                yield ioUring();
            }
            case EPOLL -> {
                require(wanted, Epoll.isAvailable(), Epoll.unavailabilityCause());
                yield epoll();
            }
            case NIO -> nio();
        };
    }

    private static void require(TransportChoice wanted, boolean available, @Nullable Throwable cause) {
        if (!available) {
            throw new IllegalStateException(
                    "transport " + name(wanted) + " does not work on this host: " + reason(cause)
                            + " (remedy: --transport auto)",
                    cause);
        }
    }

    /** What is at the bottom of it, without the wrappings. */
    private static String reason(@Nullable Throwable failure) {
        Throwable root = failure;
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root == null || root.getMessage() == null ? root : root.getMessage());
    }

    private static Transport best() {
        if (IoUringSupport.FAILURE == null) {
            return ioUring();
        }
        if (IoUring.isAvailable()) {
            LOG.warn("io_uring does not work on this host, so it is not used: {}", reason(IoUringSupport.FAILURE));
        }
        return Epoll.isAvailable() ? epoll() : nio();
    }

    private static Transport ioUring() {
        return new Transport(
                TransportChoice.IO_URING,
                IoUringIoHandler.newFactory(),
                IoUringServerSocketChannel.class,
                IoUringSocketChannel.class,
                IoUringServerDomainSocketChannel.class);
    }

    private static Transport epoll() {
        return new Transport(
                EPOLL,
                new EpollInterest(EpollIoHandler.newFactory()),
                EpollServerSocketChannel.class,
                EpollSocketChannel.class,
                EpollServerDomainSocketChannel.class);
    }

    private static Transport nio() {
        return new Transport(
                TransportChoice.NIO,
                NioIoHandler.newFactory(),
                NioServerSocketChannel.class,
                NioSocketChannel.class,
                NioServerDomainSocketChannel.class);
    }

    /**
     * Makes the I/O handlers of a proxy's loops. epoll sets a timer only when the next one changes, and NIO tells it to the
     * wait as a number; io_uring would set one each time.
     *
     * @param alarms  makes the thread of an alarm, where one is needed
     * @param broken  told what ended a loop, or the alarm; on any thread
     */
    IoHandlerFactory handlers(ThreadFactory alarms, Consumer<Throwable> broken) {
        return new WatchedHandlers(
                choice == TransportChoice.IO_URING ? new LoopAlarm(handler, alarms, broken) : handler, broken);
    }

    /** The address of a unix socket, of the class that {@link #unix} binds to. */
    SocketAddress unixAddress(Path path) {
        return choice == TransportChoice.NIO
                ? UnixDomainSocketAddress.of(path)
                : new DomainSocketAddress(path.toFile());
    }

    /** Whether a channel has a buffer for what it may receive while nothing comes. */
    boolean readsAhead() {
        return choice == TransportChoice.IO_URING;
    }

    /** As {@code --transport} names it. */
    String name() {
        return name(choice);
    }

    private static String name(TransportChoice choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }
}
