package io.mempair.proxy.frontend;

import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.protocol.text.TextReplies;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Admits a newly accepted channel, or refuses it. Confined to its loop, except the count. */
final class ConnectionLimiter {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimiter.class);

    /** Between two lines of the log about clients of other networks. */
    private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Refused clients per loop that get an error line before the close; further ones are closed immediately. */
    private static final int MAX_GRACEFUL_CLOSES = 256;

    private final LoopServices services;
    private final AtomicInteger allClients;
    private long unsaid;
    private long saidNanos;
    private boolean said;
    private int farewells;

    /** @param allClients  connections over all loops */
    ConnectionLimiter(LoopServices services, AtomicInteger allClients) {
        this.services = services;
        this.allClients = allClients;
    }

    /**
     * Counts the channel until it closes, or refuses it and returns false.
     *
     * @param secured  whether the client expects TLS first, and so would not understand a reply
     */
    boolean admits(Channel channel, boolean secured) {
        LoopContext loop = services.loop();
        if (!comesFromAllowedNetwork(channel)) {
            loop.counters().count(ProxyMeter.CLIENTS_NOT_ALLOWED);
            logRarely(channel);
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
            return false;
        }
        if (allClients.incrementAndGet() > services.plan().limits().maxClients()) {
            allClients.decrementAndGet();
            loop.counters().count(ProxyMeter.CLIENTS_REFUSED);
            turnAway(channel, secured);
            return false;
        }
        loop.counters().count(ProxyMeter.CLIENTS_ACCEPTED);
        channel.closeFuture().addListener(closed -> allClients.decrementAndGet());
        return true;
    }

    /** Counts a channel that another node has admitted; it is never refused. */
    void count(Channel channel) {
        allClients.incrementAndGet();
        channel.closeFuture().addListener(closed -> allClients.decrementAndGet());
    }

    /** Whether the client's network is allowed. The file mode governs a unix socket. */
    private boolean comesFromAllowedNetwork(Channel channel) {
        if (services.plan().policy().allowed().isEmpty() || !(channel instanceof SocketChannel)) {
            return true;
        }
        return channel.remoteAddress() instanceof InetSocketAddress client
                && services.plan().policy().allows(client.getAddress());
    }

    private void logRarely(Channel channel) {
        unsaid++;
        long now = services.loop().nowNanos();
        if (!said || now - saidNanos >= LOG_NANOS) {
            said = true;
            saidNanos = now;
            LOG.atWarn()
                    .addKeyValue("client", channel.remoteAddress())
                    .log(
                            "client {} refused reason=\"not in allow\" refused={} event=client_refused",
                            channel.remoteAddress(),
                            unsaid);
            unsaid = 0;
        }
    }

    private void turnAway(Channel channel, boolean secured) {
        if (secured || farewells >= MAX_GRACEFUL_CLOSES) {
            channel.close();
            return;
        }
        farewells++;
        channel.closeFuture().addListener(closed -> farewells--);
        GracefulClose.say(channel, TextReplies.TOO_MANY_CONNECTIONS);
    }
}
