package io.mempair.proxy.loop;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WatchedHandlersTest {

    private final CompletableFuture<Throwable> told = new CompletableFuture<>();

    /** A handler whose end takes as long as the test wants: Netty closes all channels before it says that a loop ended. */
    private static final class Throwing implements IoHandler {

        private final boolean whenItStarts;
        private final CountDownLatch mayEnd;

        Throwing(boolean whenItStarts, CountDownLatch mayEnd) {
            this.whenItStarts = whenItStarts;
            this.mayEnd = mayEnd;
        }

        @Override
        public void initialize() {
            if (whenItStarts) {
                throw new OutOfMemoryError("injected");
            }
        }

        @Override
        public int run(IoHandlerContext context) {
            throw new OutOfMemoryError("injected");
        }

        @Override
        public void prepareToDestroy() {
            try {
                assertThat(mayEnd.await(30, SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void destroy() {
            prepareToDestroy();
        }

        @Override
        public IoRegistration register(IoHandle handle) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void wakeup() {}

        @Override
        public boolean isCompatible(Class<? extends IoHandle> type) {
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatEndsALoopIsToldBeforeTheLoopHasEnded(boolean whenItStarts) throws Exception {
        var mayEnd = new CountDownLatch(1);
        IoHandlerFactory throwing = loop -> new Throwing(whenItStarts, mayEnd);
        var group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("watched", true), new WatchedHandlers(throwing, told::complete));

        group.next().execute(() -> {});

        assertThat(told.get(30, SECONDS)).isInstanceOf(OutOfMemoryError.class);
        assertThat(group.isTerminated()).isFalse();
        mayEnd.countDown();
        assertThat(group.terminationFuture().await(30, SECONDS)).isTrue();
    }
}
