package io.mempair.proxy.command.binary;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.Packets;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Binary clients of a proxy in front of real memcached: what the comparison with memcached does not show. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class BinaryClientIT {

    private static final String SESSION =
            "flush|set a hello flags=7|append a %20world|getk a|getq none|incr n initial=5"
                    + "|gatk a exp=100|delete a|op=77 abc|set b%20c x{300}|get b%20c|stat nonsense|noop";

    @Test
    void aSessionCutAtAnyByteIsAnsweredTheSame() throws Exception {
        byte[] session = Packets.of(SESSION);
        try (Memcached server = Memcached.started();
                RunningProxy proxy = RunningProxy.inFrontOf(server.address())) {
            String expected = casHidden(exchange(proxy, session, session.length));
            for (int cut = 1; cut < session.length; cut++) {
                assertThat(casHidden(exchange(proxy, session, cut)))
                        .as("cut at byte %d", cut)
                        .isEqualTo(expected);
            }
        }
    }

    private static String exchange(RunningProxy proxy, byte[] session, int cut) throws Exception {
        try (RawClient client = proxy.client()) {
            client.send(Arrays.copyOf(session, cut)).send(Arrays.copyOfRange(session, cut, session.length));
            return Packets.describe(client.shutdownOutput().rest());
        }
    }

    /** Cas ids count the writes of a server since it started, so they differ from session to session. */
    private static String casHidden(String packets) {
        return packets.replaceAll("(?m)^([0-9a-f]{32})[0-9a-f]{16}", "$1");
    }

    @Test
    void aValueSentByteByByteIsStored() throws Exception {
        try (Memcached server = Memcached.started();
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            for (byte b : Packets.of("set a x{200}|get a")) {
                client.send(new byte[] {b});
            }
            assertThat(client.receive(24 + 24 + 4 + 200)).endsWith("x".repeat(200));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void randomBytesNeverHangAClientNorHarmTheNext(long seed) throws Exception {
        Random random = new Random(seed);
        try (Memcached server = Memcached.started();
                RunningProxy proxy = RunningProxy.inFrontOf(server.address())) {
            for (int i = 0; i < 300; i++) {
                byte[] bytes = new byte[1 + random.nextInt(600)];
                random.nextBytes(bytes);
                bytes[0] = (byte) 0x80;
                plausible(bytes, random);
                try (RawClient client = proxy.client()) {
                    assertThat(client.send(bytes).shutdownOutput().rest())
                            .as("seed %d round %d", seed, i)
                            .doesNotContain("<nothing more");
                }
            }
            try (RawClient client = proxy.client()) {
                assertThat(client.send("version\r\n").line()).startsWith("VERSION");
            }
        }
    }

    /** Mostly headers that could be real, so that the bytes reach beyond the first check. */
    private static void plausible(byte[] bytes, Random random) {
        for (int at = 0; at + 24 < bytes.length; at += 24 + (bytes[at + 11] & 0xff)) {
            bytes[at] = (byte) 0x80;
            bytes[at + 1] = (byte) random.nextInt(0x28);
            bytes[at + 2] = 0;
            bytes[at + 3] = (byte) random.nextInt(20);
            bytes[at + 4] = (byte) (random.nextBoolean() ? 0 : random.nextBoolean() ? 4 : 8);
            bytes[at + 8] = random.nextInt(20) == 0 ? (byte) random.nextInt() : 0;
            bytes[at + 9] = 0;
            bytes[at + 10] = 0;
        }
    }

    @Test
    void manyPipelinedRequestsOverSeveralServersAreAnsweredInOrder() throws Exception {
        ClientLimits fewInFlight = new ClientLimits(10, 64, 1 << 20, 1 << 20, 1 << 20);
        try (Memcached one = Memcached.started();
                Memcached two = Memcached.started();
                RunningProxy proxy = RunningProxy.start(
                        List.of(one.address(), two.address()), List.of(), fewInFlight, 2, TransportChoice.AUTO);
                RawClient client = proxy.client()) {
            StringBuilder script = new StringBuilder();
            for (int i = 0; i < 1_000; i++) {
                script.append("setq k" + i + " v" + i + "|getkq k" + i + "|getkq none" + i + "|");
            }
            byte[] packets = Packets.of(script + "noop opaque=7");
            Thread sender = new Thread(() -> sendQuietly(client, packets));
            sender.start();
            for (int i = 0; i < 1_000; i++) {
                String key = "k" + i;
                String expected = "\0\0\0\0" + key + "v" + i;
                assertThat(client.receive(24 + expected.length())).endsWith(expected);
            }
            assertThat(Packets.describe(client.receive(24)))
                    .isEqualTo("810a00000000000000000000000000070000000000000000 \n");
            sender.join(5_000);
        }
    }

    private static void sendQuietly(RawClient client, byte[] bytes) {
        try {
            client.send(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aWriteReachesBothCopiesAndAReadFallsBackToTheBackup() throws Exception {
        try (Memcached primary = Memcached.started();
                Memcached backup = Memcached.started();
                RunningProxy proxy = RunningProxy.withBackups(List.of(primary.address()), List.of(backup.address()))) {
            talk(
                    proxy,
                    "set a hello flags=3|append a !|incr n initial=5|incr n delta=4|add b%20c x|set gone x|delete gone");
            for (Memcached copy : List.of(primary, backup)) {
                assertThat(copy.client().ask("get a\r\n", "VALUE a 3 6\r\nhello!\r\nEND\r\n"))
                        .isEqualTo("VALUE a 3 6\r\nhello!\r\nEND\r\n");
                assertThat(copy.client().ask("get n\r\n", "VALUE n 0 1\r\n9\r\nEND\r\n"))
                        .isEqualTo("VALUE n 0 1\r\n9\r\nEND\r\n");
                assertThat(copy.client().ask("get gone\r\n", "END\r\n")).isEqualTo("END\r\n");
                assertThat(copy.client().send("mg YiBj b v\r\n").line()).isEqualTo("VA 1");
            }
            primary.kill();
            assertThat(talk(proxy, "getk a|getk b%20c|gat n exp=100"))
                    .contains("%00%00%00%03ahello!", "%00%00%00%00b%20cx", "%00%00%00%009");
            talk(proxy, "flush");
            assertThat(talk(proxy, "get a")).contains("Not%20found");
        }
    }

    @Test
    void aSetThatIsTooLargeTakesEveryCopyOfTheOldValueWithIt() throws Exception {
        try (Memcached primary = Memcached.started();
                Memcached backup = Memcached.started();
                RunningProxy proxy = RunningProxy.withBackups(List.of(primary.address()), List.of(backup.address()))) {
            talk(proxy, "set a old|set b%20c old");
            assertThat(talk(proxy, "setq a x{1048577}|setq b%20c x{1048577}|get a|get b%20c"))
                    .contains("Too%20large.", "Not%20found")
                    .doesNotContain("old");
            assertThat(backup.client().ask("get a\r\n", "END\r\n")).isEqualTo("END\r\n");
            assertThat(backup.client().send("mg YiBj b v\r\n").line()).isEqualTo("EN");
        }
    }

    @Test
    void statisticsAreAPacketEachAndAnEmptyOneEndsThem() throws Exception {
        try (Memcached one = Memcached.started();
                Memcached two = Memcached.started();
                RunningProxy proxy = RunningProxy.inFrontOf(one.address(), two.address())) {
            talk(proxy, "set a x|set b x|set c x|get a");
            assertThat(talk(proxy, "stat opaque=9"))
                    .containsPattern("(?m)^8110000300000000[0-9a-f]{8}000000090000000000000000 pid[0-9]+$")
                    .contains(" cmd_set3\n", "810a0000")
                    .contains("\n811000000000000000000000000000090000000000000000 \n");
            assertThat(talk(proxy, "stat reset|stat items|stat settings")).contains("maxbytes67108864");
            assertThat(talk(proxy, "stat conns")).contains("not%20supported%20by%20the%20proxy");
            assertThat(talk(proxy, "stat")).contains(" cmd_set0\n");
        }
    }

    @Test
    void valuesBeyondTheMemoryForArrivingOnesAreRefusedAndTheConnectionGoesOn() throws Exception {
        ClientLimits tight = new ClientLimits(10, 100, 1_000_000, 1 << 20, 1_000_000);
        try (Memcached server = Memcached.started();
                RunningProxy proxy =
                        RunningProxy.start(List.of(server.address()), List.of(), tight, 1, TransportChoice.AUTO);
                RawClient hoarder = proxy.client()) {
            byte[] begun = Arrays.copyOf(Packets.of("noop|set a x{900000}"), 100_000);
            assertThat(hoarder.send(begun).receive(24)).hasSize(24);
            assertThat(talk(proxy, "set b x{900000}|get b")).contains("Out%20of%20memory", "Not%20found");
        }
    }

    /** Everything that is answered to these packets and a noop. */
    private static String talk(RunningProxy proxy, String script) throws Exception {
        try (RawClient client = proxy.client()) {
            return Packets.describe(
                    client.send(Packets.of(script + "|noop")).shutdownOutput().rest());
        }
    }
}
