package io.mempair.ha.cli;

import io.mempair.ha.agent.Reloading;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.Timers;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how the process is, when systemd asked for it by {@code NOTIFY_SOCKET} and {@code WATCHDOG_USEC}
 * (sd_notify(3), sd_watchdog_enabled(3)): datagrams to a unix socket, which the JDK alone cannot send. Any thread; nothing
 * waits, and what cannot be sent is not sent.
 */
final class ServiceNotice {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceNotice.class);

    /** Signs of life in the time that systemd waits for one. */
    private static final int FEEDS = 3;

    private static final Duration STATUS_EVERY = Duration.ofSeconds(1);

    private final Clock clock;
    private final Duration watchdog;
    private final @Nullable ChannelFuture connected;
    private volatile boolean ready;

    /** Of the thread of the status. */
    private String shown = "";

    private ServiceNotice(Clock clock, Duration watchdog, @Nullable ChannelFuture connected) {
        this.clock = clock;
        this.watchdog = watchdog;
        this.connected = connected;
    }

    /**
     * What these variables ask for; a notice to nobody if they ask for none.
     *
     * @param clock  monotonic, of the machine
     */
    static ServiceNotice askedBy(Map<String, String> environment, Clock clock) {
        String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
        if (socket.isEmpty()) {
            return new ServiceNotice(clock, Duration.ZERO, null);
        }
        if (!Epoll.isAvailable()) {
            LOG.warn("cannot notify systemd: {}", String.valueOf(Epoll.unavailabilityCause()));
            return new ServiceNotice(clock, Duration.ZERO, null);
        }
        // a leading @ stands for the NUL of the abstract namespace
        String address = socket.startsWith("@") ? '\0' + socket.substring(1) : socket;
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("notify", true), EpollIoHandler.newFactory());
        ChannelFuture connected = new Bootstrap()
                .group(loop)
                .channel(EpollDomainDatagramChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(new DomainSocketAddress(address));
        return new ServiceNotice(clock, watchdog(environment), connected);
    }

    /** Zero for none: it may be meant for another process. */
    private static Duration watchdog(Map<String, String> environment) {
        String own = String.valueOf(ProcessHandle.current().pid());
        if (!environment.getOrDefault("WATCHDOG_PID", own).equals(own)) {
            return Duration.ZERO;
        }
        String micros = environment.getOrDefault("WATCHDOG_USEC", "0");
        try {
            return Duration.of(Math.max(0, Long.parseLong(micros)), ChronoUnit.MICROS);
        } catch (NumberFormatException e) {
            LOG.warn("WATCHDOG_USEC: '{}' (expected: microseconds); systemd's watchdog is not fed", micros);
            return Duration.ZERO;
        }
    }

    /** It does from now on what it is there for. */
    void ready() {
        ready = true;
        tell("READY=1");
    }

    /** It was told to stop. */
    void stopping() {
        ready = false;
        tell("STOPPING=1");
    }

    /** Tells of each reload, and of its end, whatever comes of it. */
    Reloading.ReloadAttempt told(Reloading.ReloadAttempt attempt) {
        return new Reloading.ReloadAttempt() {
            @Override
            public CompletionStage<String> begin() throws ConfigException {
                if (ready) {
                    tell("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(clock.nanoTime()));
                }
                try {
                    return attempt.begin().whenComplete((done, failure) -> reloaded());
                } catch (Throwable t) {
                    reloaded();
                    throw t;
                }
            }

            @Override
            public String preview() throws ConfigException {
                return attempt.preview();
            }
        };
    }

    private void reloaded() {
        if (ready) {
            tell("READY=1");
        }
    }

    /**
     * Feeds the watchdog, if there is one, while what does the work comes round; when it has been silent for half of what
     * systemd waits, no more.
     *
     * @param silenceNanos  how long it has not come round
     */
    void feedWatchdog(LongSupplier silenceNanos) {
        if (!watchdog.isZero()) {
            new Timers("mempair-watchdog").every(watchdog.dividedBy(FEEDS), () -> {
                if (silenceNanos.getAsLong() < watchdog.toNanos() / 2) {
                    tell("WATCHDOG=1");
                }
            });
        }
    }

    /**
     * Shows in {@code systemctl status} what is the case, from now on.
     *
     * @param status  a line; asked once a second and told when it is another one
     */
    void showStatus(Supplier<String> status) {
        if (connected != null) {
            new Timers("mempair-status").every(STATUS_EVERY, () -> {
                String line = status.get();
                if (!line.equals(shown)) {
                    shown = line;
                    tell("STATUS=" + line);
                }
            });
        }
    }

    private void tell(String words) {
        ChannelFuture way = connected;
        if (way == null) {
            return;
        }
        way.addListener(done -> {
            if (!way.isSuccess()) {
                LOG.warn("cannot notify systemd of {}: {}", words, String.valueOf(way.cause()));
            } else if (way.channel().isWritable()) {
                way.channel()
                        .writeAndFlush(Unpooled.copiedBuffer(words + '\n', StandardCharsets.UTF_8))
                        .addListener(sent -> {
                            if (!sent.isSuccess()) {
                                LOG.warn("cannot notify systemd of {}: {}", words, String.valueOf(sent.cause()));
                            }
                        });
            }
        });
    }
}
