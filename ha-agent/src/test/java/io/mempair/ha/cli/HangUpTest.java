package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.lab.FreePorts;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGHUP, as {@code systemctl reload} sends it, to a program that has nothing to read again. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class HangUpTest {

    @TempDir
    private Path folder;

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private Process process;

    @BeforeEach
    void listen() {
        new Bootstrap()
                .group(loop)
                .channel(EpollDomainDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DomainDatagramPacket packet) {
                        String words = packet.content().toString(StandardCharsets.UTF_8);
                        // a line for people, which comes when it changes: ServiceStatusTest
                        if (!words.startsWith("STATUS=")) {
                            heard.add(words);
                        }
                    }
                })
                .bind(new DomainSocketAddress(folder.resolve("notify").toString()))
                .syncUninterruptibly();
    }

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    private void start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("NOTIFY_SOCKET", folder.resolve("notify").toString());
        builder.redirectErrorStream(true);
        builder.redirectOutput(folder.resolve("log").toFile());
        process = builder.start();
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    private String next() throws InterruptedException {
        String words = heard.poll(60, TimeUnit.SECONDS);
        assertThat(words).isNotNull();
        return words;
    }

    private void assertThatAReloadEndsAndTheProcessStays(String why) throws Exception {
        assertThat(next()).isEqualTo("READY=1\n");

        assertThat(new ProcessBuilder("kill", "-HUP", String.valueOf(process.pid()))
                        .start()
                        .waitFor())
                .isZero();

        assertThat(next()).startsWith("RELOADING=1\n");
        assertThat(next()).isEqualTo("READY=1\n");
        await().atMost(Duration.ofSeconds(20)).until(() -> log().contains("reload failed: " + why));
        assertThat(process.isAlive()).isTrue();
        process.destroy();
        assertThat(next()).isEqualTo("STOPPING=1\n");
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aWitnessSaysThatItHasNothingToReloadAndStays() throws Exception {
        Path file = Files.writeString(
                folder.resolve("w.yaml"),
                "node: {name: w}\ngroup: {bind: 127.0.0.1, port: " + FreePorts.next() + ", peers: [\"127.0.0.2:"
                        + FreePorts.next()
                        + "\", \"127.0.0.3:" + FreePorts.next() + "\"]}\n"
                        + "admin: {http: \"127.0.0.1:" + FreePorts.next() + "\", control: " + folder.resolve("c.sock")
                        + "}\n");
        start("witness", "--config", file.toString());

        assertThatAReloadEndsAndTheProcessStays("a witness has nothing to reload");
    }

    @Test
    void aProxyStartedWithFlagsSaysThatItHasNoFileAndStays() throws Exception {
        start(
                "proxy",
                "-s",
                "127.0.0.1:" + FreePorts.next(),
                "-l",
                "127.0.0.1",
                "-p",
                String.valueOf(FreePorts.next()));

        assertThatAReloadEndsAndTheProcessStays("there is no file to read again");
    }
}
