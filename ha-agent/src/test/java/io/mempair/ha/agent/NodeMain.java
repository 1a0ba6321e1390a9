package io.mempair.ha.agent;

import io.mempair.ha.config.AdminConfig;
import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.config.HooksConfig;
import io.mempair.ha.config.LogLevel;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.config.Profile;
import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.lab.Namespaces;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.replication.Standing;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A whole node but for the data plane: arguments are name, priority, own address, the peer's address, profile. It takes
 * the lines {@code stop}, {@code out VERSION}, and {@code calls} for what was asked of the proxy.
 */
final class NodeMain {

    private NodeMain() {}

    public static void main(String[] arguments) throws Exception {
        ServerAddress memcached = new ServerAddress("127.0.0.1", 11_211);
        NodeConfig config = new NodeConfig(
                arguments[0],
                Integer.parseInt(arguments[1]),
                new GroupConfig(
                        arguments[2],
                        7_800,
                        List.of(new ServerAddress(arguments[3], 7_800)),
                        Profile.valueOf(arguments[4])),
                new VirtualAddressConfig(Namespaces.VIP, 24, "eth0"),
                HooksConfig.NONE,
                new ProxyConfig(
                        List.of(memcached),
                        new PoolConfig(List.of(memcached), List.of(), Distribution.MODULO, ServerTimeouts.DEFAULT),
                        ClientLimits.DEFAULT,
                        1,
                        TransportChoice.NIO),
                new AdminConfig(new ServerAddress("127.0.0.1", 9_411), Path.of("unused.sock")),
                LogLevel.INFO);
        FakeProxy proxy = new FakeProxy();
        PairNode node = new PairNode(config, proxy, Reloading.never("no file", new SystemClock()));
        node.start();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals("stop")) {
                node.stop().toCompletableFuture().get(5, TimeUnit.SECONDS);
                System.out.println("stopped");
                System.exit(0);
            } else if (line.startsWith("out ")) {
                proxy.findOut(Long.parseLong(line.substring("out ".length())), Standing.OUT);
            } else if (line.equals("calls")) {
                System.out.println(
                        "calls " + proxy.calls + " servers " + proxy.knowledge().servers() + " peers "
                                + node.status().peers());
            }
        }
    }
}
