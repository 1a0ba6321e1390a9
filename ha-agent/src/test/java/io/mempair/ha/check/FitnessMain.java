package io.mempair.ha.check;

import io.mempair.ha.config.AdminConfig;
import io.mempair.ha.config.CheckConfig;
import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.config.HooksConfig;
import io.mempair.ha.config.LogConfig;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The checks of a host: arguments are its address, the peer's, and a file that must be there. Prints what they say, each
 * line with the monotonic clock of this machine in nanoseconds.
 */
final class FitnessMain {

    private FitnessMain() {}

    public static void main(String[] arguments) throws Exception {
        SystemClock clock = new SystemClock();
        List<ServerAddress> servers =
                List.of(new ServerAddress(arguments[0], 11_211), new ServerAddress(arguments[1], 11_211));
        NodeConfig config = new NodeConfig(
                "a",
                100,
                false,
                new GroupConfig(arguments[0], 7_800, List.of(new ServerAddress(arguments[1], 7_800)), Profile.DEFAULT),
                new VirtualAddressConfig(Namespaces.VIP, 24, "eth0"),
                HooksConfig.NONE,
                new ProxyConfig(
                        List.of(servers.get(0)),
                        new PoolConfig(servers, List.of(), Distribution.MODULO, ServerTimeouts.DEFAULT),
                        ClientLimits.DEFAULT,
                        1,
                        TransportChoice.NIO),
                List.of(new CheckConfig(
                        "disk",
                        List.of("/usr/bin/test", "-e", arguments[2]),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(5),
                        1,
                        1)),
                new AdminConfig(new ServerAddress("127.0.0.1", 9_411), Path.of("unused.sock")),
                LogConfig.DEFAULT);
        try (Fitness fitness = new Fitness(
                config,
                List::of,
                String.valueOf(System.getenv("PATH")),
                () -> new long[1],
                List::of,
                () -> false,
                clock)) {
            fitness.start(new Checks.ChecksListener() {
                @Override
                public void fitness(List<String> problems) {
                    System.out.println(clock.nanoTime() + " problems " + problems);
                }

                @Override
                public void tieBreakerHeard(long askedNanos) {
                    System.out.println(
                            clock.nanoTime() + " heard after " + (clock.nanoTime() - askedNanos) / 1_000 + " us");
                }
            });
            while (System.in.read() >= 0) {
                System.out.println(clock.nanoTime() + " status " + fitness.status());
            }
        }
    }
}
