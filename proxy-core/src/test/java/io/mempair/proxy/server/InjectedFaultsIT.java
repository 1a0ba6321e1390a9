package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.Stripes;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.Packets;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.ReplicaStatuses;
import io.mempair.proxy.testkit.RunningProxy;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/**
 * Clients play a script, and one call for a buffer throws, on any of the ways of their requests and answers. After each: every
 * client was answered or closed, no turn is held, no buffer is in use, and the next client is served. {@code
 * -Dmempair.faults.each} is how far from one such call to the next, 1 for all; {@code -Dmempair.faults.from} with which to begin.
 */
@ExtendWith(NoLeaks.class)
class InjectedFaultsIT {

    private static final int EACH = Integer.getInteger("mempair.faults.each", 23);
    private static final int FROM = Integer.getInteger("mempair.faults.from", 0);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Long, so that nobody takes a busy machine for a silent server: then nothing would be learned of the fault. */
    private static final ServerTimeouts PATIENT = new ServerTimeouts(
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofMillis(10),
            Duration.ofMillis(20));

    private static final String LARGE = "x".repeat(30_000);

    /** What a text client sends, each answered before the next. */
    private static final List<String> SCRIPT = List.of(
            "set a 5 0 3\r\nabc\r\n",
            "get a\r\n",
            "gets a\r\n",
            "set b 0 0 " + LARGE.length() + "\r\n" + LARGE + "\r\n",
            "get b\r\n",
            "get a b c n a\r\n",
            "add c 0 0 1\r\nc\r\n",
            "cas c 0 0 1 1\r\nd\r\n",
            "append c 0 0 1\r\ne\r\n",
            "set n 0 0 1\r\n1\r\n",
            "incr n 5\r\n",
            "decr n 2 noreply\r\n",
            "touch a 100\r\n",
            "gat 100 a\r\n",
            "gat 100 a b\r\n",
            "delete c\r\n",
            "set d 0 0 1 noreply\r\nd\r\n",
            "set too-long 0 0 2000000\r\n" + "y".repeat(2_000_000) + "\r\n",
            "mg a v t f c\r\n",
            "mg a T100 v\r\n",
            "mg e N30 v\r\n",
            "ms a 2 T0 c\r\nhi\r\n",
            "ms f " + LARGE.length() + " MS\r\n" + LARGE + "\r\n",
            "ma n D3 v\r\n",
            "md f q\r\n",
            "stats\r\n",
            "version\r\n",
            "nonsense\r\n",
            "flush_all\r\n");

    private static final String BINARY =
            "set p 1|get p|getk p|add q 2|append q 3|delete q|setq r 4|getq r|incr s 1 initial=5|touch p|version|noop";

    private final Logger log = (Logger) LoggerFactory.getLogger("io.mempair.proxy");
    private final Logger netty = (Logger) LoggerFactory.getLogger("io.netty.channel");
    private FaultyAllocator allocator;
    private Memcached primary;
    private Memcached backup;
    private RunningProxy proxy;

    /** The faults are what is wanted; their traces would be thousands. */
    @BeforeEach
    void startServers() throws Exception {
        log.setLevel(Level.OFF);
        netty.setLevel(Level.OFF);
        allocator = new FaultyAllocator();
        primary = Memcached.started();
        backup = Memcached.started();
    }

    @AfterEach
    void stopServers() {
        proxy.close();
        primary.close();
        backup.close();
        log.setLevel(null);
        netty.setLevel(null);
    }

    @Test
    void withOneCopyAFaultCostsNobodyButThoseItBefalls() throws Exception {
        playAllFaults(List.of(), TransportChoice.EPOLL);
    }

    @Test
    void withTwoCopiesAndARefillAFaultCostsNobodyButThoseItBefalls() throws Exception {
        playAllFaults(List.of(backup.address()), TransportChoice.NIO);
    }

    private void playAllFaults(List<ServerAddress> backups, TransportChoice transport) throws Exception {
        int port = RunningProxy.freePort();
        ProxyConfig config = new ProxyConfig(
                List.of(new ServerAddress("127.0.0.1", port)),
                new PoolConfig(List.of(primary.address()), backups, Distribution.MODULO, PATIENT),
                ClientLimits.DEFAULT,
                2,
                transport);
        Parts parts = new Parts(Stripes::new, allocator);
        proxy = RunningProxy.started(port, new ProxyServer(config, level -> {}, 1, "mempair-loop", parts), config);
        play("none");
        awaitRest("none", config);
        allocator.failAt(0);
        play("none");
        awaitRest("none", config);
        int calls = allocator.calls();
        int first = FROM > 0 ? FROM : 1 + new SplittableRandom(calls).nextInt(EACH);
        int thrown = 0;
        for (int n = first; n <= calls; n += EACH) {
            String fault = "call " + n + " for a buffer";
            allocator.failAt(n);
            play(fault);
            thrown += allocator.hasThrown() ? 1 : 0;
            allocator.failAt(0);
            awaitRest(fault, config);
        }
        assertThat(thrown).as("faults of %d calls for a buffer", calls).isPositive();
    }

    /** Each request by itself, then all at once, then those of the other protocol; a refill and a reload are under way. */
    private void play(String fault) throws Exception {
        boolean twoCopies = proxy.server().servers().size() > 1;
        if (twoCopies) {
            proxy.server().servers().get(1).replica().added();
        }
        for (int i = 0; i < SCRIPT.size(); i++) {
            String request = SCRIPT.get(i);
            answeredOrClosed(fault + ", request " + i, request.getBytes(StandardCharsets.ISO_8859_1));
        }
        CompletableFuture<Void> reload = reload();
        answeredOrClosed(fault + ", all requests", String.join("", SCRIPT).getBytes(StandardCharsets.ISO_8859_1));
        await(fault + ", reload").atMost(PATIENCE).until(reload::isDone);
        try (RawClient client = proxy.client().patient(PATIENCE)) {
            client.send(Packets.of(BINARY)).shutdownOutput();
            requireEnd(client.rest(), fault + ", binary");
        } catch (SocketException closed) {
            // that is an answer, too
        }
    }

    /** The two servers change places and back, which waits for a moment without requests under way. */
    private CompletableFuture<Void> reload() {
        ProxyConfig now = proxy.config();
        PoolConfig pool = now.pool();
        PoolConfig other = pool.hasBackupTier()
                ? new PoolConfig(pool.backups(), pool.primaries(), Distribution.MODULO, PATIENT)
                : pool;
        return proxy.server()
                .reload(new ProxyConfig(now.listeners().tcp(), other, now.limits(), now.loops(), now.transport()))
                .handle((done, failure) -> (Void) null)
                .toCompletableFuture();
    }

    /** In two parts, so that a request ends in another buffer than it began. */
    private void answeredOrClosed(String what, byte[] requests) throws Exception {
        try (RawClient client = proxy.client().patient(PATIENCE)) {
            int half = requests.length / 2;
            client.send(Arrays.copyOf(requests, half));
            client.send(Arrays.copyOfRange(requests, half, requests.length)).send("mn\r\n");
            requireEnd(client.receiveUntil("MN\r\n"), what);
        } catch (SocketException closed) {
            // while the request was sent: that is an answer, too
        }
    }

    private void requireEnd(String answers, String what) throws Exception {
        if (answers.endsWith("in 5 s>")) {
            throw new AssertionError("neither answered nor closed: " + what + ", after "
                    + answers.substring(Math.max(0, answers.length() - 200)) + '\n' + QuiescedReloads.describe(proxy));
        }
    }

    private void awaitRest(String fault, ProxyConfig config) throws Exception {
        await(fault + ", reload back").atMost(PATIENCE).until(() -> {
            CompletableFuture<List<String>> back = proxy.server().reload(config).toCompletableFuture();
            try {
                back.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                return true;
            } catch (ExecutionException e) {
                return false;
            }
        });
        await(fault).atMost(PATIENCE).untilAsserted(() -> {
            assertThat(proxy.server().health().servers()).allMatch(ProxyHealth.ServerStatus::up);
            assertThat(ReplicaStatuses.servers(proxy)).noneMatch(server -> server.status() == ReplicaStatus.OUT);
            assertThat(QuiescedReloads.describe(proxy))
                    .doesNotContain("stripe ")
                    .doesNotContain("congested true");
            assertThat(heldTurns()).isZero();
            assertThat(allocator.inUse()).as("buffers in use after %s", fault).isZero();
        });
        try (RawClient client = proxy.client().patient(PATIENCE)) {
            assertThat(client.ask("set after 0 0 1\r\n1\r\n", "STORED\r\n"))
                    .as("after %s", fault)
                    .isEqualTo("STORED\r\n");
            assertThat(client.ask("get after\r\n", "VALUE after 0 1\r\n1\r\nEND\r\n"))
                    .as("after %s", fault)
                    .isEqualTo("VALUE after 0 1\r\n1\r\nEND\r\n");
        }
    }

    /** Loops on which something waits for a turn, or is to be refilled. */
    private long heldTurns() throws Exception {
        long held = 0;
        for (OneLoop loop : proxy.server().loops()) {
            List<Boolean> waits = new ArrayList<>();
            loop.run(() -> waits.add(loop.plan().order().mustWait(0)
                            || loop.plan().refills().pending() > 0))
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            held += waits.get(0) ? 1 : 0;
        }
        return held;
    }
}
