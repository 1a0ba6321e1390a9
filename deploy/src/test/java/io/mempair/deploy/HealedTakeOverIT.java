package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The primary is cut off and keeps what it has; keys it holds are overwritten and deleted; the active node dies, so that its
 * journal is lost; the other node takes over; the primary is back. From then on nobody may read what was overwritten or
 * deleted, nor miss what was acknowledged. {@code -Dmempair.healed.keys} says how many keys.
 */
@Timeout(300)
class HealedTakeOverIT {

    private static final int KEYS = Integer.getInteger("mempair.healed.keys", 2_000);
    private static final int READERS = 4;
    private static final int ATTEMPTS = 100;
    private static final Duration AFTERWARDS = Duration.ofSeconds(5);

    @RegisterExtension
    private final Lab lab = Lab.withWarmup();

    @Test
    void whatThePrimaryMissedIsNotReadFromItThoughTheNodeThatKnewDied() throws Exception {
        lab.startMemcached("m1");
        lab.startMemcached("m2");
        lab.startNodes(Map.of(
                "MEMPAIR_SERVERS", "10.77.0.21:11211",
                "MEMPAIR_BACKUPS", "10.77.0.22:11211",
                "MEMPAIR_TIMEOUT", "200ms"));
        writeUntilAcknowledged(0, KEYS, i -> storage(i, "old"));

        lab.lab("fault", "cut-m1").orFail();
        tryToWrite(i -> i % 4 == 3 ? "" : storage(i, "lost"));
        writeUntilAcknowledged(0, KEYS / 2, HealedTakeOverIT::last);
        lab.lab("fault", "kill-a").orFail();
        lab.until("b serves", () -> lab.isActive("b"));
        writeUntilAcknowledged(KEYS / 2, KEYS, HealedTakeOverIT::last);

        assertThat(lab.http("b", "/status")).contains("\"replica_status\":\"out\"");

        try (var readers = new CheckedReaders(READERS, KEYS, HealedTakeOverIT::truth, this::client)) {
            lab.lab("heal").orFail();
            lab.until("the primary serves again", this::noneIsOut);
            await().pollDelay(AFTERWARDS).atMost(AFTERWARDS.multipliedBy(10)).until(() -> true);
            lab.until("every key was read", () -> readers.reads() > 10L * KEYS);
            List<String> lies = readers.end();
            System.out.println("[healed take-over] " + readers);
            assertThat(lies).as("%s", readers).isEmpty();
        }
        assertEveryKeyIsReadable();
        assertNothingOldIsHeld();
    }

    private LabClient client() {
        return lab.connect("c", Lab.VIP, 11211);
    }

    private static String storage(int i, String word) {
        return LabClient.storage("set", "key-" + i, i, 0, word + '-' + i);
    }

    /** Half is overwritten, a quarter deleted, a quarter left alone. */
    private static String last(int i) {
        return switch (i % 4) {
            case 2 -> "delete key-" + i + "\r\n";
            case 3 -> "";
            default -> storage(i, "new");
        };
    }

    /** The value that was last acknowledged, empty for none. */
    private static String truth(int i) {
        return switch (i % 4) {
            case 2 -> "";
            case 3 -> "old-" + i;
            default -> "new-" + i;
        };
    }

    /** Writes once, whatever becomes of it: each of these keys is written again until it is acknowledged. */
    private void tryToWrite(IntFunction<String> write) throws IOException {
        try (LabClient client = client()) {
            failed(client, IntStream.range(0, KEYS).boxed().toList(), write);
        }
    }

    private void writeUntilAcknowledged(int from, int to, IntFunction<String> write) throws IOException {
        List<Integer> left = IntStream.range(from, to).boxed().toList();
        for (int attempt = 0; !left.isEmpty() && attempt < ATTEMPTS; attempt++) {
            try (LabClient client = client()) {
                left = failed(client, left, write);
            }
        }
        assertThat(left)
                .as("keys whose write was not acknowledged in %d attempts", ATTEMPTS)
                .isEmpty();
    }

    private static List<Integer> failed(LabClient client, List<Integer> keys, IntFunction<String> write)
            throws IOException {
        List<Integer> written =
                keys.stream().filter(i -> !write.apply(i).isEmpty()).toList();
        List<String> answers = client.askAll(written.stream().map(write::apply).toList());
        List<Integer> failed = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            if (answers.get(i).startsWith("SERVER_ERROR")) {
                failed.add(written.get(i));
            } else {
                assertThat(answers.get(i)).isIn("STORED", "DELETED", "NOT_FOUND");
            }
        }
        return failed;
    }

    private boolean noneIsOut() {
        String status = lab.http("b", "/status");
        return status.contains("\"replica_status\":\"") && !status.contains("\"replica_status\":\"out\"");
    }

    private void assertEveryKeyIsReadable() throws IOException {
        List<String> keys = names();
        try (LabClient client = client()) {
            Map<String, LabClient.LabItem> found = client.getAll(keys);
            List<String> wrong = new ArrayList<>();
            for (int i = 0; i < KEYS; i++) {
                LabClient.LabItem item = found.get(keys.get(i));
                String value = item == null ? "" : item.value();
                if (!truth(i).equals(value)) {
                    wrong.add(keys.get(i) + " read as '" + value + "' (expected: '" + truth(i) + "')");
                }
            }
            assertThat(wrong).as("in a last read of every key").isEmpty();
        }
    }

    /** An empty item is a lease; it stands for nothing. */
    private void assertNothingOldIsHeld() {
        List<String> old = new ArrayList<>();
        lab.copies("m1", names()).forEach((key, copy) -> {
            int i = Integer.parseInt(key.substring("key-".length()));
            if (!copy.value().isEmpty() && !truth(i).equals(copy.value())) {
                old.add(key + ": " + copy);
            }
        });
        assertThat(old).as("what the primary holds and clients must not see").isEmpty();
    }

    private static List<String> names() {
        return IntStream.range(0, KEYS).mapToObj(i -> "key-" + i).toList();
    }
}
