package io.mempair.ha.agent;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.server.ProxyHealth.ServerStatus;
import io.mempair.proxy.server.ProxyServer;
import io.netty.util.NetUtil;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A proxy in front of one server, on a host of the lab: arguments are the transport, the virtual address and the
 * server's. Lines of input are {@code open}, {@code drain} and {@code status}; each is answered by a line.
 */
final class SourceMain {

    private SourceMain() {}

    public static void main(String[] arguments) throws Exception {
        ServerAddress server = new ServerAddress(arguments[2], 11_211);
        ProxyConfig config = new ProxyConfig(
                        List.of(new ServerAddress("127.0.0.1", 11_211)),
                        new PoolConfig(List.of(server), List.of(), Distribution.MODULO, ServerTimeouts.DEFAULT),
                        ClientLimits.DEFAULT,
                        2,
                        TransportChoice.valueOf(arguments[0].toUpperCase(Locale.ROOT)))
                .withVirtualAddresses(Set.of(NetUtil.createInetAddressFromIpAddressString(arguments[1])));
        try (ProxyServer proxy = new ProxyServer(config)) {
            proxy.start().toCompletableFuture().get(20, TimeUnit.SECONDS);
            System.out.println("started");
            var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                if (line.equals("open")) {
                    proxy.open().toCompletableFuture().get(20, TimeUnit.SECONDS);
                } else if (line.equals("drain")) {
                    proxy.drain(Duration.ofSeconds(1)).toCompletableFuture().get(20, TimeUnit.SECONDS);
                }
                ServerStatus status = proxy.health().servers().get(0);
                System.out.println(
                        line + " up=" + status.up() + " from=" + status.virtualSource() + " why=" + status.failure());
            }
        }
    }
}
