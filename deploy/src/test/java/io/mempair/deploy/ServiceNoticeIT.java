package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a proxy alone tells systemd, over a socket as systemd has one. */
@Timeout(180)
class ServiceNoticeIT {

    @RegisterExtension
    private final Background background = new Background();

    @TempDir
    private Path folder;

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    private void listen(Path socket) {
        new Bootstrap()
                .group(loop)
                .channel(EpollDomainDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DomainDatagramPacket packet) {
                        heard.add(packet.content().toString(StandardCharsets.UTF_8));
                    }
                })
                .bind(new DomainSocketAddress(socket.toString()))
                .syncUninterruptibly();
    }

    @AfterEach
    void stopListening() {
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    @Test
    void aProxyTellsThatItsPortIsOpenThatItLivesThatItReloadsAndThatItStops() throws Exception {
        int port = ReservedPorts.next();
        listen(folder.resolve("notify"));
        Path file = Files.writeString(
                folder.resolve("proxy.yaml"), "proxy:\n  listen: 127.0.0.1:" + port + "\n  servers: [127.0.0.1:1]\n");
        Process proxy = background.start(List.of(
                "env",
                "NOTIFY_SOCKET=" + folder.resolve("notify"),
                "WATCHDOG_USEC=900000",
                Installation.mempair(),
                "proxy",
                "--config",
                file.toString()));

        Background.until("it is ready", () -> heard.contains("READY=1\n"));
        assertThat(Background.ask(port, "mn\r\n")).isEqualTo("MN");
        Background.until("its status", () -> heard.contains("STATUS=serves alone, 0 of 1 servers up\n"));
        Background.until("it lives", () -> heard.contains("WATCHDOG=1\n"));

        new ProcessBuilder("kill", "-HUP", String.valueOf(proxy.pid())).start().waitFor();
        Background.until(
                "it reloads", () -> heard.stream().anyMatch(words -> words.startsWith("RELOADING=1\nMONOTONIC_USEC=")));
        Background.until(
                "it has reloaded",
                () -> heard.stream().filter("READY=1\n"::equals).count() == 2);

        proxy.destroy();
        Background.until("it stops", () -> heard.contains("STOPPING=1\n"));
        assertThat(proxy.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(proxy.exitValue()).isZero();
    }
}
