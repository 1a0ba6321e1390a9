package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Set-up 2 of the field: two hosts, one memcached on each, one primary and one backup. */
@Timeout(240)
class TwoCopiesIT {

    private static final int KEYS = 200;

    @RegisterExtension
    private final Lab lab = Lab.withWarmup();

    private final List<String> keys =
            IntStream.range(0, KEYS).mapToObj(i -> "key-" + i).toList();

    @BeforeEach
    void startBothHosts() {
        lab.startMemcached("a");
        lab.startMemcached("b");
        lab.startNodes(Map.of("MEMPAIR_SERVERS", "10.77.0.11:11211", "MEMPAIR_BACKUPS", "10.77.0.12:11211"));
    }

    @Test
    void setUp2KeepsTwoCopiesAndReadsTheBackupWhenThePrimaryIsGone() {
        assertThat(lab.throughTheAddress("set user 0 0 3", "ann")).isEqualTo("STORED\r\n");

        assertThat(lab.tcp("c", "10.77.0.11", 11211, "get user")).contains("VALUE user 0 3\r\nann");
        assertThat(lab.tcp("c", "10.77.0.12", 11211, "get user")).contains("VALUE user 0 3\r\nann");
        lab.lab("fault", "memcached-a").orFail();
        assertThat(lab.throughTheAddress("get user")).isEqualTo("VALUE user 0 3\r\nann\r\nEND\r\n");
    }

    @Test
    void setUp2SurvivesTheLossOfAHostWithItsMemcached() {
        lab.throughTheAddress("set user 0 0 3", "ann");

        lab.lab("fault", "memcached-a").orFail();
        lab.lab("fault", "killall-a").orFail();

        lab.until("b serves", () -> lab.isActive("b"));
        assertThat(lab.throughTheAddress("get user")).isEqualTo("VALUE user 0 3\r\nann\r\nEND\r\n");
    }

    /** The host's interface goes, so nothing there refuses anything: the proxy that takes over hears nothing at all. */
    @Test
    void setUp2FillsTheMemcachedOfAHostThatWasLostAndComesBack() throws Exception {
        writeAll();
        try (var readers = new CheckedReaders(2, KEYS, TwoCopiesIT::value, this::client)) {
            lab.until("all is read", () -> readers.reads() > KEYS);
            lab.lab("fault", "link-a").orFail();
            lab.until("b serves", () -> lab.isActive("b"));
            tellTheFirstAnswer();
            long before = readers.reads();
            lab.until("the other host answers", () -> readers.reads() > before + KEYS);

            lab.lab("fault", "memcached-a").orFail();
            lab.lab("fault", "killall-a").orFail();
            // a host that was switched off comes back without the address, if it still had it
            lab.on("a", "ip", "addr", "del", Lab.VIP + "/24", "dev", "eth0");
            lab.lab("heal").orFail();
            lab.startMemcached("a");
            lab.startNode("a");
            lab.until("a is standby", () -> lab.role("a").equals("standby"));
            lab.until("the lost host's memcached is filled by reads", this::primaryHoldsAll);

            assertThat(readers.end()).as("lies, %s", readers).isEmpty();
            System.out.println("[set-up 2] " + readers);
        }
        lab.lab("fault", "memcached-b").orFail();
        try (LabClient client = client()) {
            assertThat(client.getAll(keys)).hasSize(KEYS);
        }
    }

    private LabClient client() {
        return lab.connect("c", Lab.VIP, 11211);
    }

    private static String value(int i) {
        return "value-" + i;
    }

    private void writeAll() throws IOException {
        List<String> requests = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            requests.add(LabClient.storage("set", keys.get(i), i, 600 + i, value(i)));
        }
        try (LabClient client = client()) {
            assertThat(client.askAll(requests)).containsOnly("STORED");
        }
    }

    private boolean primaryHoldsAll() {
        var held = lab.copies("a", keys);
        return IntStream.range(0, KEYS).allMatch(i -> {
            LabClient.Copy copy = held.get(keys.get(i));
            return copy != null && copy.value().equals(value(i)) && copy.flags() == i;
        });
    }

    /** How long the first request waits for the dead server; told, not judged: the machine may be busy. */
    private void tellTheFirstAnswer() throws IOException {
        long startNanos = System.nanoTime();
        try (LabClient client = client()) {
            client.gets(keys.subList(0, 1));
        }
        System.out.println("[set-up 2] a request after the loss of a host was answered within "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos) + " ms");
    }
}
