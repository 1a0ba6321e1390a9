package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Set-up 4 of the field: proxy, primary and backup on one machine, the servers named and not numbered. */
@Timeout(240)
class SetUp4IT {

    private static final String HERE = "127.0.0.1";
    private static final int PROXY = 11210;
    private static final int PRIMARY = 11211;
    private static final int BACKUP = 11212;

    @RegisterExtension
    private final Lab lab = new Lab();

    private final List<String> keys =
            IntStream.range(0, 100).mapToObj(i -> "key-" + i).toList();

    private Process primary;
    private Process backup;

    @BeforeEach
    void startServers() {
        primary = lab.startMemcached("c", HERE, PRIMARY);
        backup = lab.startMemcached("c", HERE, BACKUP);
    }

    @Test
    void setUp4KeepsBothCopiesAndEitherMayDieAndComeBack() throws IOException {
        startProxy();
        writeAll("first");
        assertHeldBy(PRIMARY, "first");
        assertHeldBy(BACKUP, "first");

        lab.kill(primary);
        assertAllRead("first");
        writeAll("second");
        primary = lab.startMemcached("c", HERE, PRIMARY);
        assertAllRead("second");
        lab.until("the primary is filled by reads", () -> {
            assertAllRead("second");
            return values(PRIMARY).size() == keys.size();
        });
        assertHeldBy(PRIMARY, "second");

        lab.kill(backup);
        assertAllRead("second");
        writeAll("third");
        lab.startMemcached("c", HERE, BACKUP);
        assertAllRead("third");
        lab.until("the backup takes part in writes", () -> {
            writeAll("fourth");
            assertAllRead("fourth");
            return values(BACKUP).equals(all("fourth"));
        });
    }

    @Test
    void setUp4FillsABackupThatCameBackEmptyWithoutAnyRead() throws IOException {
        startProxy("--refill-rate", "10000");
        writeAll("first");

        lab.kill(backup);
        writeAll("second");
        lab.startMemcached("c", HERE, BACKUP);
        lab.until("the backup is filled", () -> values(BACKUP).equals(all("second")));

        lab.kill(primary);
        assertAllRead("second");
    }

    private void startProxy(String... more) {
        List<String> flags = new ArrayList<>(List.of("-s", "localhost:" + PRIMARY, "-b", "localhost:" + BACKUP));
        flags.addAll(List.of(more));
        lab.startProxy("c", HERE, PROXY, flags.toArray(String[]::new));
    }

    private void writeAll(String word) throws IOException {
        try (LabClient client = lab.connect("c", HERE, PROXY)) {
            List<String> requests = new ArrayList<>();
            all(word).forEach((key, value) -> requests.add(LabClient.storage("set", key, 7, 0, value)));
            assertThat(client.askAll(requests))
                    .as("answers to the %s writes", word)
                    .containsOnly("STORED");
        }
    }

    private Map<String, String> all(String word) {
        Map<String, String> all = new HashMap<>();
        keys.forEach(key -> all.put(key, word + '-' + key));
        return all;
    }

    private void assertAllRead(String word) throws IOException {
        Map<String, String> read = new HashMap<>();
        try (LabClient client = lab.connect("c", HERE, PROXY)) {
            client.getAll(keys).forEach((key, item) -> read.put(key, item.value()));
        }
        assertThat(read).isEqualTo(all(word));
    }

    private void assertHeldBy(int port, String word) throws IOException {
        assertThat(values(port)).as("on port %d", port).isEqualTo(all(word));
    }

    private Map<String, String> values(int port) throws IOException {
        Map<String, String> held = new HashMap<>();
        try (LabClient client = lab.connect("c", HERE, port)) {
            client.copies(keys).forEach((key, copy) -> held.put(key, copy.value()));
        }
        return held;
    }
}
