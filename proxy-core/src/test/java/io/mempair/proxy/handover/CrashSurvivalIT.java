package io.mempair.proxy.handover;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The experiment of decision 22. A host is lost without a word; the survivor restores a connection with the numbers that it was
 * told while the connection was idle, and sends one probe. What the client acknowledges shows whether the numbers still hold. On
 * one host here: a socket that is closed in repair mode says nothing either.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CrashSurvivalIT {

    /** In {@code tcp_info}, linux/tcp.h. */
    private static final int SEGMENTS_IN = 140;

    /** The client has acknowledged more than the survivor says was sent. */
    private static final int NOT_ACCEPTED = -1;

    private static final String REQUEST = "get one\r\n";
    private static final String ANSWER = "END\r\n";

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final EventLoop loop = loops.next();
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private final StringBuffer atHost = new StringBuffer();
    private final StringBuffer atClient = new StringBuffer();
    private Channel client;
    private Channel host;

    /** What the survivor was told. */
    private TcpNumbers told;

    private static SimpleChannelInboundHandler<ByteBuf> collector(StringBuffer into) {
        return new SimpleChannelInboundHandler<>() {
            @Override
            protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
                into.append(bytes.toString(StandardCharsets.US_ASCII));
            }
        };
    }

    @BeforeEach
    void tellOfAnIdleConnection() throws Exception {
        Channel listener = new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel child) {
                        child.pipeline().addLast(collector(atHost));
                        accepted.add(child);
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
        client = new Bootstrap()
                .group(loops)
                .channel(EpollSocketChannel.class)
                .handler(collector(atClient))
                .connect(listener.localAddress())
                .sync()
                .channel();
        host = accepted.poll(10, TimeUnit.SECONDS);
        ask(client, host);
        listener.close().sync();
        told = onLoop(() -> {
            RepairedSocket socket = new RepairedSocket(host);
            socket.enter();
            TcpNumbers numbers = socket.numbers(TcpInfo.of(host), 0);
            socket.leaveUnused();
            return numbers;
        });
    }

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get(10, TimeUnit.SECONDS);
    }

    private static void send(Channel from, String text) throws InterruptedException {
        from.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII))
                .sync();
    }

    /** The request arrives, and is acknowledged. */
    private void request(Channel from) throws Exception {
        int before = atHost.length();
        send(from, REQUEST);
        Awaitility.await().until(() -> atHost.length() == before + REQUEST.length());
        Awaitility.await().until(() -> onLoop(() -> TcpInfo.of(from).unacked()) == 0);
    }

    private void ask(Channel from, Channel to) throws Exception {
        request(from);
        int before = atClient.length();
        send(to, ANSWER);
        Awaitility.await().until(() -> atClient.length() == before + ANSWER.length());
        Awaitility.await().until(() -> onLoop(() -> TcpInfo.of(to).unacked()) == 0);
    }

    /** The host is lost; the survivor has the connection as it was told, and has sent its probe. */
    private Channel survive() throws Exception {
        InetSocketAddress local = (InetSocketAddress) host.localAddress();
        InetSocketAddress remote = (InetSocketAddress) host.remoteAddress();
        onLoop(() -> {
            new RepairedSocket(host).enter();
            return host.close();
        });
        host.closeFuture().sync();
        PendingInput none = new PendingInput(false, false, false, 0, new byte[0]);
        ConnectionCopy copy = new ConnectionCopy(remote, local, told, none, new byte[0], 0);
        Channel survivor = new EpollSocketChannel();
        survivor.pipeline().addLast(collector(atHost));
        RepairedSocket socket = new RepairedSocket(survivor);
        onLoop(() -> {
            socket.prepare();
            loop.register(survivor);
            survivor.bind(local);
            socket.number(told);
            return survivor.connect(remote);
        });
        Awaitility.await().until(survivor::isActive);
        onLoop(() -> {
            socket.complete(copy);
            socket.leave(true);
            return null;
        });
        Awaitility.await()
                .alias("the client has answered")
                .until(() -> onLoop(
                        () -> SocketOptions.raw(survivor, SocketOptions.INFO).getInt(SEGMENTS_IN) > 0));
        return survivor;
    }

    /**
     * Bytes that the client has sent, and that were acknowledged to it, but that the survivor does not have; or {@link
     * #NOT_ACCEPTED}. A probe sets the number of the last segment that told a window to one less than what is expected next, and
     * an acknowledgement that is accepted raises it.
     */
    private int missing(Channel survivor) throws Exception {
        return onLoop(() -> {
            RepairedSocket socket = new RepairedSocket(survivor);
            socket.enter();
            int lastNumber =
                    SocketOptions.raw(survivor, SocketOptions.REPAIR_WINDOW).getInt(0);
            int expected = SocketOptions.sequence(survivor, SocketOptions.RECEIVE_QUEUE);
            socket.leaveUnused();
            return lastNumber - expected;
        });
    }

    @Test
    void aConnectionThatWasIdleIsServed() throws Exception {
        Channel survivor = survive();

        assertThat(missing(survivor)).isZero();
        ask(client, survivor);
    }

    @Test
    void bytesThatTheLostHostHadReceivedAreKnownToBeMissing() throws Exception {
        request(client);

        Channel survivor = survive();

        assertThat(missing(survivor)).isEqualTo(REQUEST.length());
    }

    @Test
    void anAnswerThatTheSurvivorDoesNotKnowOfIsNoticed() throws Exception {
        ask(client, host);

        Channel survivor = survive();

        assertThat(missing(survivor)).isEqualTo(NOT_ACCEPTED);
    }
}
