package io.mempair.ha.agent;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.mempair.ha.config.AdminConfig;
import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.config.GroupSecurity;
import io.mempair.ha.config.HooksConfig;
import io.mempair.ha.config.LogConfig;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.config.Profile;
import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.lab.Namespaces;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PemFile;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.TlsIdentity;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.warmup.Warmup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.LoggerFactory;

/**
 * A whole node but for the data plane: arguments are name, priority, own address, the peer's address, profile, and, for a
 * channel that is secured, {@code key:FILE} or {@code tls:FOLDER}. It says each view of the channel, and takes the lines {@code stop}, {@code out VERSION}, and {@code calls} for what was asked of the proxy.
 */
final class NodeMain {

    private NodeMain() {}

    private static GroupSecurity security(String how, String name) throws IOException {
        Path place = Path.of(how.substring(how.indexOf(':') + 1));
        if (how.startsWith("key:")) {
            return new GroupSecurity.SharedKey(new SecretKeySpec(Files.readAllBytes(place), "HmacSHA256"));
        }
        if (how.startsWith("tls:")) {
            return new GroupSecurity.Tls(
                    TlsIdentity.read(
                            "certificate", place.resolve(name + ".pem"), "key", place.resolve(name + "-key.pem")),
                    PemFile.certificates("ca", place.resolve("ca.pem")));
        }
        return new GroupSecurity.None();
    }

    public static void main(String[] arguments) throws Exception {
        ((Logger) LoggerFactory.getLogger("io.mempair.ha.group.CrashWatch")).setLevel(Level.DEBUG);
        ServerAddress memcached = new ServerAddress("127.0.0.1", 11_211);
        NodeConfig config = new NodeConfig(
                arguments[0],
                Integer.parseInt(arguments[1]),
                false,
                new GroupConfig(
                        arguments[2],
                        7_800,
                        List.of(new ServerAddress(arguments[3], 7_800)),
                        Profile.valueOf(arguments[4]),
                        security(arguments.length > 5 ? arguments[5] : "", arguments[0])),
                new VirtualAddressConfig(Namespaces.VIP, 24, "eth0"),
                HooksConfig.NONE,
                new ProxyConfig(
                        List.of(memcached),
                        new PoolConfig(List.of(memcached), List.of(), Distribution.MODULO, ServerTimeouts.DEFAULT),
                        ClientLimits.DEFAULT,
                        1,
                        TransportChoice.NIO),
                List.of(),
                new AdminConfig(new ServerAddress("127.0.0.1", 9_411), Path.of("unused.sock")),
                LogConfig.DEFAULT);
        FakeProxy proxy = new FakeProxy();
        PairNode node = new PairNode(
                config,
                proxy,
                () -> config,
                new Reloading(Reloading.never("no file"), new SystemClock()),
                Warmup.NONE,
                null);
        node.start();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals("stop")) {
                node.stop().toCompletableFuture().get(5, TimeUnit.SECONDS);
                System.out.println("stopped");
                System.exit(0);
            } else if (line.startsWith("out ")) {
                proxy.findOut(Long.parseLong(line.substring("out ".length())), ReplicaStatus.OUT);
            } else if (line.equals("calls")) {
                System.out.println(
                        "calls " + proxy.calls + " servers " + proxy.knowledge().servers() + " peers "
                                + node.status().peers());
            }
        }
    }
}
