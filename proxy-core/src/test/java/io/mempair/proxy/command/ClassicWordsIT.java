package io.mempair.proxy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.testkit.Copies;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Classic writes as every memcached understands them, in random order: a proxy with two copies answers them as one memcached
 * of the same version does, whatever words it uses to the servers, and leaves both copies equal.
 */
@ExtendWith(NoLeaks.class)
class ClassicWordsIT {

    private static final long SEED = Long.getLong("mempair.differential.seed", 1);
    private static final int SCRIPTS = Integer.getInteger("mempair.differential.scripts", 2_000) / 4;

    private static final int COMMANDS = 40;
    private static final List<String> KEYS = List.of("a", "b", "c", "x".repeat(250));
    private static final List<String> STORES = List.of("set", "set", "add", "replace", "append", "prepend", "cas");
    private static final List<String> FLAGS = List.of("0", "1", "007", "4294967295");
    private static final List<String> LIFETIMES = List.of("0", "0", "0", "1000", "0100", "-1", "2147483647");

    @Test
    @Timeout(300)
    void anAnswerIsTheSameAndTheCopiesAreEqual() throws Exception {
        try (Memcached plain = Memcached.started();
                Memcached primary = Memcached.started();
                Memcached backup = Memcached.started();
                RunningProxy proxy = RunningProxy.withBackups(List.of(primary.address()), List.of(backup.address()))) {
            for (long seed = SEED; seed < SEED + SCRIPTS; seed++) {
                String script = script(new Random(seed));

                assertThat(answers(proxy.client(), script))
                        .as("seed %d", seed)
                        .isEqualTo(answers(plain.client(), script));
                assertThat(Copies.differences(Copies.of(primary, KEYS), Copies.of(backup, KEYS), KEYS))
                        .as("seed %d", seed)
                        .isEmpty();
            }
        }
    }

    private static String answers(RawClient client, String script) throws Exception {
        try (client) {
            return client.send("flush_all\r\n" + script).shutdownOutput().rest();
        }
    }

    private static String script(Random random) {
        StringBuilder script = new StringBuilder();
        IntStream.range(0, COMMANDS).forEach(i -> script.append(command(random)));
        return script.append("mn\r\n").toString();
    }

    private static String command(Random random) {
        String key = KEYS.get(random.nextInt(KEYS.size()));
        String noreply = random.nextInt(8) == 0 ? " noreply" : "";
        return switch (random.nextInt(10)) {
            case 0 -> "get " + key + "\r\n";
            case 1 -> (random.nextBoolean() ? "incr " : "decr ") + key + ' ' + random.nextInt(200) + noreply + "\r\n";
            case 2 -> "delete " + key + noreply + "\r\n";
            case 3 -> "touch " + key + " 1000" + noreply + "\r\n";
            default -> storage(random, key, noreply);
        };
    }

    /** Values that are numbers, nothing, words; and now and then one about as long as the longest item. */
    private static String storage(Random random, String key, String noreply) {
        String command = STORES.get(random.nextInt(STORES.size()));
        String value = random.nextInt(60) == 0
                ? "x".repeat((1 << 20) - 400 + random.nextInt(420))
                : random.nextBoolean() ? String.valueOf(random.nextInt(1_000)) : "v".repeat(random.nextInt(40));
        String line = command
                + ' '
                + key
                + ' '
                + FLAGS.get(random.nextInt(FLAGS.size()))
                + ' '
                + LIFETIMES.get(random.nextInt(LIFETIMES.size()))
                + ' '
                + value.length()
                + (command.equals("cas") ? " 18446744073709551615" : "")
                + noreply;
        return line + "\r\n" + value + "\r\n";
    }
}
