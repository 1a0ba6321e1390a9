package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.core.spi.FilterReply;
import io.mempair.proxy.server.ProxyServer;
import io.mempair.proxy.warmup.LoopbackWarmup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class WarmupFilterTest {

    @ParameterizedTest
    @CsvSource({"INFO, DENY", "WARN, DENY", "ERROR, NEUTRAL"})
    void ofTheRehearsedProxyOnlyErrorsAreLogged(String level, FilterReply reply) {
        assertThat(decidedOn(LoopbackWarmup.THREADS + "-1-1", ProxyServer.class, level))
                .isEqualTo(reply);
    }

    @Test
    void theWarmupItselfAndTheRealProxyAreLogged() {
        assertThat(decidedOn(LoopbackWarmup.THREADS, LoopbackWarmup.class, "INFO"))
                .isEqualTo(FilterReply.NEUTRAL);
        assertThat(decidedOn("mempair-loop-1-1", ProxyServer.class, "INFO")).isEqualTo(FilterReply.NEUTRAL);
    }

    private static FilterReply decidedOn(String thread, Class<?> of, String level) {
        Logger logger = (Logger) LoggerFactory.getLogger(of);
        CompletableFuture<FilterReply> reply = new CompletableFuture<>();
        new Thread(
                        () -> reply.complete(
                                new WarmupFilter().decide(null, logger, Level.toLevel(level), "text", null, null)),
                        thread)
                .start();
        return reply.orTimeout(10, TimeUnit.SECONDS).join();
    }
}
