package io.mempair.proxy.backend;

import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.config.Login;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.loop.Cumulation;
import io.mempair.proxy.loop.Fenced;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.tls.TlsContexts;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dumps the keys of one server over a separate connection, because a server that walks its items answers nothing else
 * on that connection. The dump is read as fast as it arrives: a slow reader makes memcached up to 1.6.18 stall its
 * clients, and 1.6.19 to 1.6.43 send torn lines (memcached's crawler.c). Requests a walk of the hash table, which
 * visits every item once; if the server does not support that, a walk of the LRU lists. Confined to its loop.
 */
public final class KeyDump {

    private static final Logger LOG = LoggerFactory.getLogger(KeyDump.class);

    /** Time without a byte after which the dump fails. */
    private static final Duration MAX_SILENCE = Duration.ofSeconds(30);

    /** Attempts, one second apart, while the server runs another walk or expands its hash table. */
    private static final int MAX_TRIES = 60;

    private static final byte[] BY_HASH = TextReplies.line("lru_crawler metadump hash");
    private static final byte[] BY_LRU = TextReplies.line("lru_crawler metadump all");

    /** Receives the keys, on the loop. {@link #ended} or {@link #failed} is called once, as the last call. */
    public interface DumpListener {
        /** One key. The next one follows immediately, until {@link KeyDump#close}. */
        void key(Key key);

        /** The dump is complete. */
        void ended();

        /** The connection was lost, or the server does not support the command. */
        void failed(String reason);
    }

    private enum DumpPhase {
        CONNECTING,
        LOGIN,
        BY_HASH,
        BY_LRU,
        OVER
    }

    private final LoopContext loop;
    private final ServerState server;
    private final boolean completeOnly;
    private final DumpListener listener;

    private final Fenced fenced = this::cutOff;

    private DumpPhase phase = DumpPhase.CONNECTING;
    private @Nullable Channel channel;
    private @Nullable Future<?> watch;

    /** Bytes read and not parsed yet; owned. */
    private ByteBuf unread = Unpooled.EMPTY_BUFFER;

    private boolean draining;
    private boolean begun;
    private boolean saidOk;
    private boolean heard;
    private int tries;

    private KeyDump(LoopContext loop, ServerState server, boolean completeOnly, DumpListener listener) {
        this.loop = loop;
        this.server = server;
        this.completeOnly = completeOnly;
        this.listener = listener;
    }

    /**
     * Starts connecting.
     *
     * @param bootstrap  makes channels on that loop; the handler is set here
     */
    public static KeyDump start(
            LoopContext loop, Bootstrap bootstrap, ServerState server, Duration connectTimeout, DumpListener listener) {
        return start(loop, bootstrap, server, connectTimeout, false, listener);
    }

    /**
     * Starts connecting.
     *
     * @param completeOnly  whether the dump fails if the server cannot walk its hash table: a walk of the LRU lists misses items
     *     that are read meanwhile
     */
    public static KeyDump start(
            LoopContext loop,
            Bootstrap bootstrap,
            ServerState server,
            Duration connectTimeout,
            boolean completeOnly,
            DumpListener listener) {
        KeyDump dump = new KeyDump(loop, server, completeOnly, listener);
        Connector connector = new Connector(bootstrap.handler(dump.channels()), loop, server, connectTimeout);
        connector.connect(dump::connected, dump::fail);
        return dump;
    }

    private ChannelInitializer<Channel> channels() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel made) {
                SslContext tls = server.access().tls();
                if (tls != null) {
                    ServerAddress address = server.address();
                    SslHandler handler = tls.newHandler(made.alloc(), address.host(), address.port());
                    handler.setHandshakeTimeout(TlsContexts.HANDSHAKE_MILLIS, TimeUnit.MILLISECONDS);
                    handler.setCumulator(Cumulation.CUMULATOR);
                    made.pipeline().addLast(handler);
                }
                made.pipeline().addLast(new DumpHandler());
            }
        };
    }

    private void connected(Channel made) {
        if (phase == DumpPhase.OVER) {
            made.close();
            return;
        }
        channel = made;
        loop.watch(fenced);
        long silenceNanos = MAX_SILENCE.toNanos();
        watch = loop.eventLoop().scheduleWithFixedDelay(this::watch, silenceNanos, silenceNanos, TimeUnit.NANOSECONDS);
        Login login = server.access().login();
        if (login == null) {
            ask(DumpPhase.BY_HASH);
        } else {
            phase = DumpPhase.LOGIN;
            made.writeAndFlush(Unpooled.wrappedBuffer(LoginRequest.bytes(login)), made.voidPromise());
        }
    }

    private void ask(DumpPhase next) {
        Channel current = channel;
        if (current != null && phase != DumpPhase.OVER) {
            if (!loop.mayRepair()) {
                cutOff();
                return;
            }
            phase = next;
            tries++;
            saidOk = false;
            byte[] line = next == DumpPhase.BY_HASH ? BY_HASH : BY_LRU;
            current.writeAndFlush(Unpooled.wrappedBuffer(line), current.voidPromise());
        }
    }

    private void watch() {
        if (!heard) {
            fail("silent for " + MAX_SILENCE.toSeconds() + " s");
        }
        heard = false;
    }

    /** It is part of a repair, and its connection may come from an address that is about to move. */
    private void cutOff() {
        fail("this node is no longer active, so it repairs no server");
    }

    /** Ends the dump; the listener is not called any more. */
    public void close() {
        phase = DumpPhase.OVER;
        loop.unwatch(fenced);
        if (watch != null) {
            watch.cancel(false);
        }
        if (channel != null) {
            channel.close();
        }
        if (!draining) {
            releaseUnread();
        }
    }

    private void releaseUnread() {
        unread.release();
        unread = Unpooled.EMPTY_BUFFER;
    }

    private void fail(String reason) {
        if (phase != DumpPhase.OVER) {
            close();
            listener.failed(reason);
        }
    }

    private void drain() {
        draining = true;
        try {
            takeLines();
        } catch (RuntimeException | Error defect) {
            loop.threw(defect);
            LOG.error("internal error: the key dump of {} failed", server.address(), defect);
            fail("internal error: " + defect);
        }
        draining = false;
        if (phase == DumpPhase.OVER || !unread.isReadable()) {
            releaseUnread();
        } else if (unread.readableBytes() >= DumpDecoder.MAX_LINE_BYTES) {
            fail("line too long");
        } else {
            unread.discardReadBytes(); // otherwise the whole dump would accumulate, if no piece ends with a line
        }
    }

    private void takeLines() {
        while (phase != DumpPhase.OVER) {
            DumpDecoder.DumpLine line = DumpDecoder.next(unread);
            if (line == null) {
                break;
            }
            take(line);
        }
    }

    private void take(DumpDecoder.DumpLine line) {
        Key key = line.key();
        if (phase == DumpPhase.LOGIN) {
            if (line.text().equals("STORED")) {
                ask(DumpPhase.BY_HASH);
            } else {
                fail("answered '" + line.text() + "' to the login");
            }
        } else if (key != null) {
            begun = true;
            listener.key(key);
        } else if (line.text().equals("OK") && !begun && !saidOk) {
            saidOk = true; // memcached since 1.6.43 sends this first
        } else if (line.text().equals("END")) {
            close();
            listener.ended();
        } else if (isToBeAskedAgain(line.text()) && !begun && tries < MAX_TRIES) {
            DumpPhase again = phase;
            loop.eventLoop().schedule(() -> ask(again), 1, TimeUnit.SECONDS);
        } else if (phase == DumpPhase.BY_HASH && !completeOnly && !begun && !isToBeAskedAgain(line.text())) {
            ask(DumpPhase.BY_LRU);
        } else {
            fail("answered '" + line.text() + "' to lru_crawler metadump");
        }
    }

    /**
     * Whether the server runs another walk ({@code BUSY ...}), or cannot lock its hash table
     * ({@code ERROR locked try again later}).
     */
    private static boolean isToBeAskedAgain(String answer) {
        return answer.startsWith("BUSY") || answer.contains("try again later");
    }

    /** Handles the bytes of the channel. */
    private final class DumpHandler extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf in = (ByteBuf) message;
            if (phase == DumpPhase.OVER) {
                in.release();
                return;
            }
            heard = true;
            ByteBuf earlier = unread;
            unread = Unpooled.EMPTY_BUFFER; // if joining fails, both buffers are released
            unread = Cumulation.join(ctx.alloc(), earlier, in);
            drain();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            fail("closed by the server");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            fail(FailureText.of(cause));
        }
    }
}
