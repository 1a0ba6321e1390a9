package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.deploy.LabClient.Copy;
import io.mempair.deploy.LabClient.LabItem;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Set-up 1 of the field: two primaries, one backup, one proxy with magent's flags; and the tale told of it. */
@Timeout(240)
class SetUp1IT {

    private static final int KEYS = 200;
    private static final Duration FORTY_DAYS = Duration.ofDays(40);
    private static final String PROXY = Lab.ADDRESS.get("a");
    private static final int PORT = 12000;

    @RegisterExtension
    private final Lab lab = new Lab();

    private final List<String> keys = Stream.concat(
                    Stream.of("key1", "key2"), IntStream.range(0, KEYS).mapToObj(i -> "story-" + i))
            .toList();

    @Test
    void setUp1AnswersWhenBothPrimariesDieAndFillsThemWhenTheyComeBackEmpty() throws IOException {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
        lab.startMemcached("b");
        lab.startProxy("a", PROXY, PORT, "-n", "51200", "-s", server("m1"), "-s", server("m2"), "-b", server("b"));
        try (LabClient client = lab.connect("c", PROXY, PORT)) {
            assertThat(client.askAll(IntStream.range(0, keys.size())
                            .mapToObj(this::storage)
                            .toList()))
                    .containsOnly("STORED");
        }
        assertEachOnOnePrimaryAndOnTheBackup();

        lab.lab("fault", "memcached-m1").orFail();
        lab.lab("fault", "memcached-m2").orFail();
        assertAllRead("with both primaries dead");

        lab.startMemcached("m1");
        lab.startMemcached("m2");
        assertAllRead("from the moment both primaries are back, empty");
        lab.until("the primaries hold all again by being read", () -> {
            assertAllRead("with both primaries back, empty");
            return primariesHoldAll();
        });
        assertEachOnOnePrimaryAndOnTheBackup();
        lab.lab("fault", "memcached-b").orFail();
        assertAllRead("from the primaries, with the backup dead");
    }

    private static String server(String host) {
        return Lab.ADDRESS.get(host) + ":11211";
    }

    private String storage(int i) {
        long exptime = switch (i % 3) {
            case 0 -> 0;
            case 1 -> 600 + i;
            default -> Instant.now().plus(FORTY_DAYS).getEpochSecond();
        };
        return LabClient.storage("set", keys.get(i), i, exptime, value(i));
    }

    private static String value(int i) {
        return "value-" + i;
    }

    private void assertAllRead(String when) throws IOException {
        try (LabClient client = lab.connect("c", PROXY, PORT)) {
            Map<String, LabItem> found = client.getAll(keys);
            assertThat(keys.stream().filter(key -> !found.containsKey(key)))
                    .as("misses %s", when)
                    .isEmpty();
            for (int i = 0; i < keys.size(); i++) {
                LabItem item = found.get(keys.get(i));
                assertThat(item.flags() + " " + item.value())
                        .as("%s %s", keys.get(i), when)
                        .isEqualTo(i + " " + value(i));
            }
        }
    }

    private boolean primariesHoldAll() {
        return lab.copies("m1", keys).size() + lab.copies("m2", keys).size() == keys.size();
    }

    private void assertEachOnOnePrimaryAndOnTheBackup() {
        Map<String, Copy> first = lab.copies("m1", keys);
        Map<String, Copy> second = lab.copies("m2", keys);
        assertThat(first)
                .as("keys on the one primary")
                .doesNotContainKeys(second.keySet().toArray(new String[0]));
        assertThat(first).isNotEmpty();
        assertThat(second).isNotEmpty();
        Map<String, Copy> primaries = new HashMap<>(first);
        primaries.putAll(second);
        Map<String, Copy> backup = lab.copies("b", keys);
        assertThat(primaries.keySet()).as("keys on the primaries").containsExactlyInAnyOrderElementsOf(keys);
        assertThat(backup.keySet()).as("keys on the backup").containsExactlyInAnyOrderElementsOf(keys);
        List<String> different = new ArrayList<>();
        for (String key : keys) {
            Copy one = primaries.get(key);
            Copy other = backup.get(key);
            if (!one.value().equals(other.value()) || one.flags() != other.flags() || !sameLifetime(one, other)) {
                different.add(key + ": " + one + " / " + other);
            }
        }
        assertThat(different).as("keys that differ (primary / backup)").isEmpty();
    }

    /** To a second, as clocks tick; to two where the lifetime is a date, because the date of a server's start ticks too. */
    private static boolean sameLifetime(Copy one, Copy other) {
        boolean endless = one.lifetimeSeconds() < 0 || other.lifetimeSeconds() < 0;
        long slack = endless ? 0 : one.lifetimeSeconds() > Duration.ofDays(30).toSeconds() ? 2 : 1;
        return Math.abs(one.lifetimeSeconds() - other.lifetimeSeconds()) <= slack;
    }
}
