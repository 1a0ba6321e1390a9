package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.agent.Reloading;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.time.SystemClock;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a socket as systemd has one. */
@Timeout(60)
class ServiceNoticeTest {

    @TempDir
    private Path folder;

    private final SystemClock clock = new SystemClock();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private String socket;

    @BeforeEach
    void listen() {
        socket = folder.resolve("notify").toString();
        new Bootstrap()
                .group(loop)
                .channel(EpollDomainDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DomainDatagramPacket packet) {
                        heard.add(packet.content().toString(StandardCharsets.UTF_8));
                    }
                })
                .bind(new DomainSocketAddress(socket))
                .syncUninterruptibly();
    }

    @AfterEach
    void stopListening() {
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    private String next() throws InterruptedException {
        String words = heard.poll(20, TimeUnit.SECONDS);
        assertThat(words).isNotNull();
        return words;
    }

    private void assertReloadingSince(long beforeNanos) throws InterruptedException {
        String start = "RELOADING=1\nMONOTONIC_USEC=";
        String words = next();
        assertThat(words).startsWith(start).endsWith("\n");
        assertThat(Long.parseLong(words.substring(start.length()).strip()))
                .isBetween(beforeNanos / 1_000, clock.nanoTime() / 1_000);
    }

    @Test
    void aProcessThatNobodyAskedTellsNobody() throws Exception {
        ServiceNotice notice = ServiceNotice.askedBy(Map.of("WATCHDOG_USEC", "1000"), clock);

        notice.ready();
        notice.feedWatchdog(() -> 0);
        notice.stopping();

        assertThat(heard.poll(200, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void theLifeOfAProcessIsTold() throws Exception {
        ServiceNotice notice = ServiceNotice.askedBy(Map.of("NOTIFY_SOCKET", socket), clock);
        CompletableFuture<String> applied = new CompletableFuture<>();

        notice.ready();
        assertThat(next()).isEqualTo("READY=1\n");

        long beforeNanos = clock.nanoTime();
        notice.told(() -> applied).begin();
        assertReloadingSince(beforeNanos);
        assertThat(heard).isEmpty();
        applied.complete("nothing changed");
        assertThat(next()).isEqualTo("READY=1\n");

        notice.stopping();
        assertThat(next()).isEqualTo("STOPPING=1\n");
    }

    @Test
    void aReloadThatIsRefusedOrFailsIsOverToo() throws Exception {
        ServiceNotice notice = ServiceNotice.askedBy(Map.of("NOTIFY_SOCKET", socket), clock);
        notice.ready();
        assertThat(next()).isEqualTo("READY=1\n");

        long beforeNanos = clock.nanoTime();
        Reloading.ReloadAttempt refused = () -> CompletableFuture.completedFuture(
                ConfigReader.readNode(Path.of("no-such.yaml")).name());
        assertThat(catchThrowable(() -> notice.told(refused).begin())).isInstanceOf(ConfigException.class);
        assertReloadingSince(beforeNanos);
        assertThat(next()).isEqualTo("READY=1\n");

        notice.told(() -> CompletableFuture.failedFuture(new IllegalStateException("no server")))
                .begin();
        assertReloadingSince(beforeNanos);
        assertThat(next()).isEqualTo("READY=1\n");
    }

    @Test
    void theStatusIsToldOnceUntilItIsAnotherOne() throws Exception {
        AtomicReference<String> status = new AtomicReference<>("standby");
        AtomicLong asked = new AtomicLong();
        ServiceNotice notice = ServiceNotice.askedBy(Map.of("NOTIFY_SOCKET", socket), clock);

        notice.showStatus(() -> {
            asked.incrementAndGet();
            return status.get();
        });
        assertThat(next()).isEqualTo("STATUS=standby\n");
        await().atMost(Duration.ofSeconds(20)).until(() -> asked.get() > 2);
        assertThat(heard).isEmpty();

        status.set("active");
        assertThat(next()).isEqualTo("STATUS=active\n");
    }

    @Test
    void theWatchdogIsFedOnlyWhileTheWorkIsDone() {
        AtomicLong silenceNanos = new AtomicLong();
        ServiceNotice notice = ServiceNotice.askedBy(Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "300000"), clock);

        notice.feedWatchdog(silenceNanos::get);
        await().atMost(Duration.ofSeconds(20)).until(() -> heard.size() >= 3);
        assertThat(heard).containsOnly("WATCHDOG=1\n");

        silenceNanos.set(150_000_000);
        await().atMost(Duration.ofSeconds(20)).until(() -> heard.poll(1, TimeUnit.SECONDS) == null);

        silenceNanos.set(0);
        await().atMost(Duration.ofSeconds(20)).until(() -> !heard.isEmpty());
    }

    @Test
    void theWatchdogOfAnotherProcessIsNotFed() throws Exception {
        ServiceNotice notice = ServiceNotice.askedBy(
                Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "30000", "WATCHDOG_PID", "1"), clock);

        notice.feedWatchdog(() -> 0);

        assertThat(heard.poll(500, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void aPreviewOfAReloadIsPassedOnAndToldToNobody() throws Exception {
        Reloading.ReloadAttempt attempt = new Reloading.ReloadAttempt() {
            @Override
            public CompletionStage<String> begin() {
                throw new AssertionError("applied");
            }

            @Override
            public String preview() {
                return "would change";
            }
        };

        ServiceNotice notice = ServiceNotice.askedBy(Map.of("WATCHDOG_USEC", "1000"), clock);

        assertThat(notice.told(attempt).preview()).isEqualTo("would change");
    }
}
