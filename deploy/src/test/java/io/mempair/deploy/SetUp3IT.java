package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.deploy.faults.AddressWatch;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Set-up 3 of the field: two entrances, each with a host that prefers it, both served; four primaries behind both; the backup of all is a
 * proxy over two more memcached.
 */
@Timeout(240)
class SetUp3IT {

    private static final String PRIMARIES = "10.77.0.21:11211, 10.77.0.21:11212, 10.77.0.22:11211, 10.77.0.22:11212";
    private static final String THIRD = "10.77.0.13";
    private static final int THIRD_PORT = 12_002;

    @RegisterExtension
    private final Lab lab = new Lab();

    private final Entrance one = new Entrance(lab, "one", 1, "a");
    private final Entrance two = new Entrance(lab, "two", 2, "b");
    private final List<String> keys =
            IntStream.range(0, 100).mapToObj(i -> "key-" + i).toList();

    private final List<AddressWatch> watches = new ArrayList<>();

    @BeforeEach
    void startEverything() throws IOException {
        for (int port : new int[] {11_211, 11_212}) {
            lab.startMemcached("m1", Lab.ADDRESS.get("m1"), port);
            lab.startMemcached("m2", Lab.ADDRESS.get("m2"), port);
            lab.startMemcached("w", THIRD, port);
        }
        String[] below = {"-n", "102400", "-s", THIRD + ":11211", "-s", THIRD + ":11212"};
        lab.startProxy("w", THIRD, THIRD_PORT, below);
        for (Entrance entrance : List.of(one, two)) {
            watches.add(new AddressWatch(lab.watch(), entrance.address));
        }
        watches.forEach(AddressWatch::awaitReady);
        start(one, "a");
        one.awaitServedBy("a");
        start(two, "b");
        two.awaitServedBy("b");
        start(one, "b");
        start(two, "a");
        awaitOwn();
    }

    @AfterEach
    void endWatches() {
        watches.forEach(AddressWatch::close);
    }

    @Test
    void setUp3PlacesKeysAlikeAndAHostThatWasCutOffGetsItsEntranceBack() throws IOException {
        long settledMicros = AddressWatch.nowMicros();
        write(one, "first");
        assertRead(two, "first");
        assertTwoCopies("first");
        write(two, "second");
        assertRead(one, "second");
        assertTwoCopies("second");

        lab.lab("fault", "cut-a").orFail();
        one.awaitServedBy("b");
        two.awaitServedBy("b");
        write(one, "third");
        assertRead(two, "third");

        lab.lab("heal").orFail();
        awaitOwn();
        assertRead(one, "third");
        assertRead(two, "third");
        assertTwoCopies("third");
        assertNeverBothHeldSince(settledMicros);
    }

    @Test
    void setUp3AHostWhoseNodesAreKilledIsReplacedAndTakesItsEntranceBack() throws IOException {
        long settledMicros = AddressWatch.nowMicros();
        write(two, "first");

        lab.lab("fault", "kill-a").orFail();
        one.awaitServedBy("b");
        two.awaitServedBy("b");
        assertRead(one, "first");
        write(one, "second");
        start(one, "a");
        start(two, "a");
        awaitOwn();

        assertRead(two, "second");
        write(one, "third");
        assertRead(two, "third");
        assertTwoCopies("third");
        assertNeverBothHeldSince(settledMicros);
    }

    private static void start(Entrance entrance, String host) {
        entrance.start(host, PRIMARIES, THIRD + ':' + THIRD_PORT);
    }

    /** Each host has its own entrance and is ready to take over the other's. */
    private void awaitOwn() {
        one.awaitServedBy("a");
        two.awaitServedBy("b");
        one.awaitStandby("b");
        two.awaitStandby("a");
    }

    /** Writes every key; where the entrance is just on its way, all again. */
    private void write(Entrance entrance, String word) {
        List<String> requests = keys.stream()
                .map(key -> LabClient.storage("set", key, 7, 0, word + '-' + key))
                .toList();
        lab.until(entrance + " takes the " + word + " writes", () -> {
            try (LabClient client = entrance.client()) {
                return Set.copyOf(client.askAll(requests)).equals(Set.of("STORED"));
            } catch (EOFException e) {
                return false;
            }
        });
    }

    /** Whatever is answered must be right; only a lost connection is tried again. */
    private void assertRead(Entrance entrance, String word) {
        Map<String, String> read = new HashMap<>();
        lab.until(entrance + " answers", () -> {
            try (LabClient client = entrance.client()) {
                client.getAll(keys).forEach((key, item) -> read.put(key, item.value()));
                return true;
            } catch (EOFException e) {
                return false;
            }
        });
        assertThat(read).as("read through %s", entrance).isEqualTo(all(word));
    }

    /** Each key is on one of the primaries and on one of the servers of the third tier, and the proxy before these has all. */
    private void assertTwoCopies(String word) throws IOException {
        assertEachOnOneOf(Stream.of("m1", "m2").map(Lab.ADDRESS::get).toList(), word);
        assertEachOnOneOf(List.of(THIRD), word);
        Map<String, String> throughThird = new HashMap<>();
        try (LabClient client = lab.connect("c", THIRD, THIRD_PORT)) {
            client.getAll(keys).forEach((key, item) -> throughThird.put(key, item.value()));
        }
        assertThat(throughThird).as("through the third tier's proxy").isEqualTo(all(word));
    }

    private void assertEachOnOneOf(List<String> addresses, String word) throws IOException {
        Map<String, String> held = new LinkedHashMap<>();
        int copies = 0;
        for (String address : addresses) {
            for (int port : new int[] {11_211, 11_212}) {
                try (LabClient client = lab.connect("c", address, port)) {
                    var here = client.copies(keys);
                    here.forEach((key, copy) -> held.put(key, copy.value()));
                    copies += here.size();
                    assertThat(here).as("on %s:%d", address, port).isNotEmpty();
                }
            }
        }
        assertThat(held).as("on %s", addresses).isEqualTo(all(word));
        assertThat(copies).as("copies on %s", addresses).isEqualTo(keys.size());
    }

    private Map<String, String> all(String word) {
        Map<String, String> all = new HashMap<>();
        keys.forEach(key -> all.put(key, word + '-' + key));
        return all;
    }

    private void assertNeverBothHeldSince(long micros) {
        assertThat(watches)
                .allSatisfy(watch -> assertThat(watch.bothHeldSince(micros)).isEqualTo(Duration.ZERO));
    }
}
