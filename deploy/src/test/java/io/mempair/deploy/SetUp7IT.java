package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.deploy.LabClient.LabItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Set-up 7 of the field: a backup tier with a quarter of the memory evicts, and that is no error. */
@Timeout(240)
class SetUp7IT {

    private static final String PROXY = Lab.ADDRESS.get("a");
    private static final int PORT = 11211;

    /** 36 MB: they fit into the primary's 64 MB, and a third of them into the backup's 16 MB. */
    private static final int LARGE = 4_000;

    private static final String FILLING = "x".repeat(9_000);

    /** More than the one page the backup has for items of this size. */
    private static final int SMALL = 15_000;

    /** How many of each kind are changed where the backup has lost them. */
    private static final int CHANGED = 50;

    @RegisterExtension
    private final Lab lab = new Lab();

    /** What was acknowledged. */
    private final Map<String, String> truth = new LinkedHashMap<>();

    @Test
    void setUp7AnswersRightWhateverASmallBackupEvicted() throws IOException {
        Process primary = startPrimary();
        lab.startMemcached("m2", Lab.ADDRESS.get("m2"), 11211, "-m", "16");
        lab.startProxy("a", PROXY, PORT, "-s", "10.77.0.21:11211", "-b", "10.77.0.22:11211");
        writeAll();
        assertThat(read()).isEqualTo(truth);
        changeWhatTheBackupLost();
        assertThat(read()).isEqualTo(truth);

        lab.kill(primary);
        Map<String, String> left = read();
        System.out.println(
                "[set-up 7] " + left.size() + " of " + truth.size() + " keys are read from the backup alone");
        assertThat(left).isNotEmpty().hasSizeLessThan(truth.size());
        assertThat(wrongOnesOf(left)).as("wrong values from the backup alone").isEmpty();

        startPrimary();
        lab.until("the primary holds what was left, by being read", () -> {
            assertThat(read()).as("with the primary back, empty").isEqualTo(left);
            return held("m1").equals(left);
        });
    }

    private Process startPrimary() {
        return lab.startMemcached("m1", Lab.ADDRESS.get("m1"), 11211, "-m", "64");
    }

    /** The large first: then the backup has given all its memory but a page to them when the small ones come. */
    private void writeAll() throws IOException {
        for (int i = 0; i < LARGE; i++) {
            truth.put("large-" + i, FILLING + i);
        }
        for (int i = 0; i < SMALL; i++) {
            truth.put("count-" + i, String.valueOf(1_000 + i));
        }
        List<String> requests = new ArrayList<>();
        truth.forEach((key, value) -> requests.add(LabClient.storage("set", key, 0, 0, value)));
        try (LabClient client = lab.connect("c", PROXY, PORT)) {
            assertThat(Set.copyOf(client.askAll(requests))).isEqualTo(Set.of("STORED"));
        }
        assertThat(held("m1")).isEqualTo(truth);
    }

    private void changeWhatTheBackupLost() throws IOException {
        Map<String, String> onBackup = held("m2");
        assertThat(wrongOnesOf(onBackup)).isEmpty();
        List<String> lost = truth.keySet().stream()
                .filter(key -> !onBackup.containsKey(key))
                .toList();
        List<String> large =
                lost.stream().filter(key -> key.startsWith("large-")).toList();
        List<String> counts =
                lost.stream().filter(key -> key.startsWith("count-")).toList();
        System.out.println(
                "[set-up 7] the backup evicted " + large.size() + " large items and " + counts.size() + " counters");
        assertThat(large).hasSizeGreaterThan(2 * CHANGED);
        assertThat(counts).hasSizeGreaterThan(CHANGED);
        try (LabClient client = lab.connect("c", PROXY, PORT)) {
            for (String key : large.subList(0, CHANGED)) {
                truth.merge(key, "-appended", String::concat);
                assertThat(client.ask(LabClient.storage("append", key, 0, 0, "-appended")))
                        .isEqualTo("STORED");
            }
            for (String key : large.subList(CHANGED, 2 * CHANGED)) {
                compareAndSwap(client, key);
            }
            for (String key : counts.subList(0, CHANGED)) {
                String next = String.valueOf(Long.parseLong(truth.get(key)) + 7);
                truth.put(key, next);
                assertThat(client.ask("incr " + key + " 7\r\n")).isEqualTo(next);
            }
        }
        assertThat(wrongOnesOf(held("m2"))).as("wrong values on the backup").isEmpty();
    }

    private void compareAndSwap(LabClient client, String key) throws IOException {
        LabItem item = client.gets(List.of(key)).orFail().get(key);
        String value = "swapped " + key;
        String request = "cas " + key + " 0 0 " + value.length() + ' ' + Long.toUnsignedString(item.cas()) + "\r\n"
                + value + "\r\n";
        assertThat(client.ask(request)).isEqualTo("STORED");
        assertThat(client.ask(request)).as("the same id again").isEqualTo("EXISTS");
        truth.put(key, value);
    }

    private Map<String, String> read() throws IOException {
        Map<String, String> found = new HashMap<>();
        try (LabClient client = lab.connect("c", PROXY, PORT)) {
            client.getAll(List.copyOf(truth.keySet())).forEach((key, item) -> found.put(key, item.value()));
        }
        return found;
    }

    private Map<String, String> held(String host) {
        Map<String, String> found = new HashMap<>();
        lab.copies(host, List.copyOf(truth.keySet())).forEach((key, copy) -> found.put(key, copy.value()));
        return found;
    }

    private List<String> wrongOnesOf(Map<String, String> found) {
        return found.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(truth.get(entry.getKey())))
                .map(entry -> entry.getKey() + ": "
                        + entry.getValue()
                                .substring(0, Math.min(40, entry.getValue().length())))
                .toList();
    }
}
