package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RingProbeTest {

    @Test
    void aHandlerThatWaitsAndReturnsWorks() {
        assertThat(RingProbe.failure(NioIoHandler.newFactory())).isNull();
        assertThat(RingProbe.failure(EpollIoHandler.newFactory())).isNull();
    }

    @Test
    void aHandlerThatCannotWaitDoesNotWork() {
        var refused = new IllegalStateException("io_uring_enter: Operation not permitted");

        assertThat(RingProbe.failure(loop -> throwingAt("run", refused))).isSameAs(refused);
    }

    @Test
    void aHandlerThatCannotBeMadeOrClosedDoesNotWork() {
        var refused = new IllegalStateException("refused");

        assertThat(RingProbe.failure(loop -> {
                    throw refused;
                }))
                .isSameAs(refused);
        assertThat(RingProbe.failure(loop -> throwingAt("initialize", refused))).isSameAs(refused);
        assertThat(RingProbe.failure(loop -> throwingAt("destroy", refused))).isSameAs(refused);
    }

    private static IoHandler throwingAt(String method, RuntimeException thrown) {
        return (IoHandler) Proxy.newProxyInstance(
                RingProbeTest.class.getClassLoader(), new Class<?>[] {IoHandler.class}, (self, called, arguments) -> {
                    if (called.getName().equals(method)) {
                        throw thrown;
                    }
                    return arguments != null && arguments[0] instanceof IoHandlerContext ? 0 : null;
                });
    }
}
