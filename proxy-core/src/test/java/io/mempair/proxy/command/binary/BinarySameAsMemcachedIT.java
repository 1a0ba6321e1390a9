package io.mempair.proxy.command.binary;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.testkit.Differential;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.Packets;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same binary packets to memcached and to the proxy in front of another one: the answers must be the same bytes. Both
 * servers see the same writes from their first on, so that even the cas ids are the same.
 */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class BinarySameAsMemcachedIT {

    private static final int RANDOM_CASES_A_SEED = 250;

    private static Memcached plain;
    private static Memcached behind;
    private static RunningProxy proxy;

    @BeforeAll
    static void start() throws Exception {
        plain = Memcached.started();
        behind = Memcached.started();
        proxy = RunningProxy.inFrontOf(behind.address());
    }

    @AfterAll
    static void stop() {
        proxy.close();
        behind.close();
        plain.close();
    }

    static Stream<String> cases() {
        try {
            List<String> cases = Differential.cases("binary.txt");
            assertThat(cases).hasSizeGreaterThan(200);
            return cases.stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void anAnswerIsTheSame(String script) throws Exception {
        compare(script);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void aRandomConversationIsTheSame(long seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < RANDOM_CASES_A_SEED; i++) {
            compare(conversation(random));
        }
    }

    /** One for each row of the list in docs/reference/protocol.md that can be shown here. */
    @ParameterizedTest
    @CsvSource({
        "'op=77 abc|get a', Not%20found",
        "'op=77 bodylen=0x80000000', Unknown%20command",
        "'set a bodylen=0xffffffff', Too%20large.",
        "'set %20x{186} v|getk a', 'or%20NUL:%20not%20supported'",
        "'version|noop magic=0', 1.6.18",
    })
    void whereItDiffersItAnswersAsDocumented(String script, String answer) throws Exception {
        byte[] packets = Packets.of("flush|" + script + "|noop");
        String ours = Packets.describe(exchange(proxy.client(), packets));

        assertThat(ours).contains(answer);
        assertThat(Packets.describe(exchange(plain.client(), packets))).isNotEqualTo(ours);
    }

    private static void compare(String script) throws Exception {
        byte[] packets = Packets.of("flush|" + script + "|noop");
        String expected = exchange(plain.client(), packets);
        String actual = exchange(proxy.client(), packets);
        assertThat(Packets.describe(actual)).as(script).isEqualTo(Packets.describe(expected));
    }

    private static String exchange(RawClient client, byte[] packets) throws Exception {
        try (client) {
            return client.send(packets).shutdownOutput().rest();
        }
    }

    private static String conversation(Random random) {
        StringBuilder script = new StringBuilder();
        for (int i = 1 + random.nextInt(12); i > 0; i--) {
            script.append(packet(random)).append('|');
        }
        return script.append("version").toString();
    }

    private static String packet(Random random) {
        String key = pick(random, "a", "b", "c%20d", "n", "%80", "k{250}");
        String value = pick(random, "", "x", "5", "18446744073709551615", "hello%0d%0a", "z{2047}", "z{9000}");
        String cas = random.nextInt(6) == 0 ? " cas=" + random.nextInt(3) : "";
        return switch (random.nextInt(8)) {
            case 0, 1 -> pick(random, "get", "getq", "getk", "getkq") + " " + key;
            case 2, 3 ->
                pick(random, "set", "setq", "add", "addq", "replace", "replaceq") + " " + key + " " + value + " flags="
                        + random.nextInt(9) + " exp=" + pick(random, "0", "100", "2592001", "0xffffffff") + cas;
            case 4 -> pick(random, "append", "appendq", "prepend", "prependq") + " " + key + " " + value + cas;
            case 5 -> pick(random, "delete", "deleteq") + " " + key + cas;
            case 6 ->
                pick(random, "incr", "incrq", "decr", "decrq") + " " + key + " delta=" + random.nextInt(20)
                        + " initial=" + random.nextInt(20) + " exp=" + pick(random, "0", "0xffffffff", "60") + cas;
            default ->
                pick(random, "touch", "gat", "gatq", "gatk", "gatkq") + " " + key + " exp="
                        + pick(random, "0", "100", "2592001");
        };
    }

    private static String pick(Random random, String... of) {
        return of[random.nextInt(of.length)];
    }
}
