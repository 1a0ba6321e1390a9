package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.testkit.RunningProxy;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A port that is opened again before the busy event loop that had it has closed it: the next one is on another loop. (NIO gives the port
 * back with the next selection after that only; nobody waits for it there.)
 */
@Timeout(60)
class TcpListenerTest {

    private EventLoopGroup loops;
    private final CountDownLatch busy = new CountDownLatch(1);
    private TcpListener listener;
    private EventExecutor other;

    private void openOnALoopThatIsBusyThen(TransportChoice choice) throws Exception {
        Transport transport = Transport.of(choice, false);
        loops = new MultiThreadIoEventLoopGroup(2, transport.handler());
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(transport.server())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInboundHandlerAdapter());
        listener = new TcpListener(bootstrap, new ServerAddress("127.0.0.1", RunningProxy.freePort()));
        Iterator<EventExecutor> inOrder = loops.iterator();
        EventExecutor first = inOrder.next();
        other = inOrder.next();
        listener.open(false).get();
        var begun = new CountDownLatch(1);
        first.execute(() -> {
            begun.countDown();
            try {
                busy.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        begun.await();
    }

    @AfterEach
    void stop() {
        busy.countDown();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** What a binding on that loop takes: a task, and one that this makes. */
    private void otherLoopHasComeRound() throws Exception {
        other.submit(() -> {}).get();
        other.submit(() -> {}).get();
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "EPOLL"})
    void itWaitsForThat(TransportChoice choice) throws Exception {
        openOnALoopThatIsBusyThen(choice);
        CompletableFuture<Void> closed = listener.close();
        CompletableFuture<Void> opened = listener.open(false);
        otherLoopHasComeRound();
        assertThat(opened).isNotDone();

        busy.countDown();
        opened.get();

        assertThat(closed).isCompleted();
        assertThat(listener.isOpen()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "EPOLL"})
    void whatIsClosedMeanwhileStaysClosed(TransportChoice choice) throws Exception {
        openOnALoopThatIsBusyThen(choice);
        listener.close();
        CompletableFuture<Void> opened = listener.open(false);
        listener.close();
        assertThat(opened).isNotDone();

        busy.countDown();

        assertThat(opened)
                .failsWithin(10, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("closed meanwhile");
        assertThat(listener.isOpen()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "EPOLL"})
    void onlyTheLastOfSeveralChangesCounts(TransportChoice choice) throws Exception {
        openOnALoopThatIsBusyThen(choice);
        listener.close();
        CompletableFuture<Void> first = listener.open(false);
        listener.close();
        CompletableFuture<Void> last = listener.open(false);

        busy.countDown();
        last.get();

        assertThat(first) // is told on the loop of the earlier socket, which the last need not wait for
                .failsWithin(10, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("closed meanwhile");
        assertThat(listener.isOpen()).isTrue();
    }
}
