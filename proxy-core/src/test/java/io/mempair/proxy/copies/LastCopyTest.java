package io.mempair.proxy.copies;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.script.VirtualClient;
import io.mempair.proxy.testkit.script.VirtualProxy;
import io.mempair.proxy.testkit.script.VirtualServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The primary has come back empty, and the backup, which alone has the values, is late: requests that need it wait, and fail if
 * it does not come. No value that was acknowledged is a miss, and none is stored over.
 */
@ExtendWith(NoLeaks.class)
class LastCopyTest {

    private static final Duration TICK = Duration.ofMillis(10);
    private static final Duration LATE = Duration.ofSeconds(3);
    private static final Duration MORE_THAN_THE_WAIT = Duration.ofSeconds(15);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "get k                     | VALUE k 0 5;value;END;",
                "get k z                   | VALUE k 0 5;value;END;",
                "gat 100 k                 | VALUE k 0 5;value;END;",
                "mg k v                    | VA 5;value;",
                "mg k v N30                | VA 5;value;",
                "add k 0 0 3;new           | NOT_STORED;",
                "append k 0 0 1;!          | STORED;",
                "set k 0 0 3;new           | STORED;",
                "delete k                  | DELETED;"
            })
    void aRequestThatOnlyALateServerCanAnswerWaitsForIt(String request, String answer) {
        try (VirtualProxy proxy = LastCopyPair.withEmptyPrimary()) {
            VirtualClient client = proxy.client();
            LastCopyPair.freeze(proxy);
            proxy.replica(proxy.backup()).doubted();
            client.send(request.trim().replace(";", "\r\n") + "\r\n");
            proxy.pass(LATE);
            assertThat(client.received()).isEmpty();
            assertThat(proxy.context().counters().value(ProxyMeter.LAST_COPY_WAITS))
                    .isPositive();

            proxy.heal();
            proxy.pass(LATE);

            assertThat(client.received()).isEqualTo(answer.trim().replace(";", "\r\n"));
            proxy.requireRest();
        }
    }

    /** The primary has the value from before, so that it could answer what comes after the write. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "get k                     | VALUE k 0 3;new;END;",
                "get k z                   | VALUE k 0 3;new;END;",
                "gat 100 k                 | VALUE k 0 3;new;END;",
                "mg k v                    | VA 3;new;",
                "mg k v N30                | VA 3;new;",
                "add k 0 0 3;add           | NOT_STORED;",
                "delete k                  | DELETED;"
            })
    void nothingOvertakesAWriteThatWaits(String request, String answer) {
        try (VirtualProxy proxy = LastCopyPair.withEmptyPrimary()) {
            VirtualClient client = proxy.client();
            assertThat(client.ask("get k\r\n")).isEqualTo("VALUE k 0 5\r\nvalue\r\nEND\r\n");
            LastCopyPair.freeze(proxy);
            proxy.replica(proxy.backup()).doubted();
            int before = client.received().length();
            client.send("set k 0 0 3\r\nnew\r\n" + request.trim().replace(";", "\r\n") + "\r\n");
            proxy.pass(LATE);
            assertThat(client.received().substring(before)).isEmpty();

            proxy.heal();
            proxy.pass(LATE);

            assertThat(client.received().substring(before))
                    .isEqualTo("STORED\r\n" + answer.trim().replace(";", "\r\n"));
            proxy.requireRest();
        }
    }

    /** Each looks at times of its own whether the last copy is back. */
    @ParameterizedTest
    @ValueSource(ints = {10, 30, 60, 90, 150, 190})
    void writesThatWaitKeepTheirOrder(int millisBetween) {
        try (VirtualProxy proxy = LastCopyPair.withEmptyPrimary()) {
            VirtualClient client = proxy.client();
            LastCopyPair.freeze(proxy);
            proxy.replica(proxy.backup()).doubted();
            client.send("set k 0 0 1\r\na\r\n");
            proxy.pass(Duration.ofMillis(millisBetween));
            client.send("set k 0 0 1\r\nb\r\n");
            proxy.pass(LATE);

            proxy.heal();
            proxy.pass(LATE);

            assertThat(client.received()).isEqualTo("STORED\r\nSTORED\r\n");
            assertThat(client.ask("get k\r\n")).isEqualTo("VALUE k 0 1\r\nb\r\nEND\r\n");
            proxy.requireRest();
        }
    }

    /** What comes behind it is sent, or fails, by itself. */
    @Test
    void aWriteThatWaitsInVainHoldsUpNothingLater() {
        try (VirtualProxy proxy = LastCopyPair.withEmptyPrimary()) {
            VirtualClient client = proxy.client();
            LastCopyPair.freeze(proxy);
            proxy.replica(proxy.backup()).doubted();
            client.send("set k 0 0 3\r\nnew\r\n");
            proxy.pass(LATE);
            client.send("append k 0 0 1\r\n!\r\nset k 0 0 1\r\nb\r\nget k\r\n");
            proxy.pass(MORE_THAN_THE_WAIT);
            proxy.pass(MORE_THAN_THE_WAIT);
            assertThat(client.received().lines())
                    .hasSize(4)
                    .allSatisfy(line -> assertThat(line).startsWith("SERVER_ERROR "));

            proxy.heal();
            proxy.pass(LATE);
            assertThat(client.ask("get k\r\n")).isEqualTo("VALUE k 0 5\r\nvalue\r\nEND\r\n");
            proxy.requireRest();
        }
    }

    /** It holds up all keys of the loop until it is done. */
    @ParameterizedTest
    @ValueSource(strings = {"flush_all", "flush_all 60"})
    void aFlushDoesNotWaitForAWriteThatWaits(String flush) {
        try (VirtualProxy proxy = LastCopyPair.withEmptyPrimary()) {
            VirtualClient client = proxy.client();
            LastCopyPair.freeze(proxy);
            proxy.replica(proxy.backup()).doubted();
            client.send("set k 0 0 1\r\na\r\nappend k 0 0 1\r\n!\r\nset k 0 0 1\r\nb\r\nget k\r\n");
            proxy.pass(LATE);
            VirtualClient other = proxy.client();

            other.send(flush + "\r\nget z\r\n");
            proxy.pass(Duration.ofMillis(500));

            assertThat(other.received()).startsWith("OK\r\n");
            assertThat(client.received().lines().limit(3))
                    .hasSize(3)
                    .allSatisfy(line -> assertThat(line).startsWith("SERVER_ERROR "));
            proxy.heal();
            proxy.pass(LATE);
            assertThat(client.ask("get k\r\n"))
                    .endsWith(flush.equals("flush_all") ? "END\r\n" : "\r\nvalue\r\nEND\r\n");
            proxy.requireRest();
        }
    }

    @ParameterizedTest
    @CsvSource({"get k", "get k z", "gat 100 k", "mg k v", "delete k", "touch k 9"})
    void aRequestFailsIfTheLastCopyDoesNotCome(String request) {
        try (VirtualProxy proxy = LastCopyPair.withEmptyPrimary()) {
            VirtualClient client = proxy.client();
            LastCopyPair.freeze(proxy);
            proxy.replica(proxy.backup()).doubted();
            client.send(request + "\r\n");
            proxy.pass(MORE_THAN_THE_WAIT);

            assertThat(client.received()).startsWith("SERVER_ERROR ");
            assertThat(proxy.context().counters().value(ProxyMeter.LAST_COPY_FAILURES))
                    .isPositive();

            proxy.heal();
            proxy.pass(LATE);
            assertThat(client.ask("get k\r\n")).endsWith("VALUE k 0 5\r\nvalue\r\nEND\r\n");
            proxy.requireRest();
        }
    }

    /** The other keys are answered, but END would call a value absent that was acknowledged. */
    @ParameterizedTest
    @CsvSource({"get z k", "get k z", "gets z k", "gat 100 z k"})
    void aMultiGetOfAKeyWhoseLastCopyDoesNotComeIsNoAnswerForThatKey(String request) {
        try (VirtualProxy proxy = LastCopyPair.withEmptyPrimary()) {
            proxy.primary().model().put("z", "1");
            VirtualClient client = proxy.client();
            LastCopyPair.freeze(proxy);
            proxy.replica(proxy.backup()).doubted();
            client.send(request + "\r\n");
            proxy.pass(MORE_THAN_THE_WAIT);

            assertThat(client.received()).doesNotContain("END").contains("SERVER_ERROR ");

            proxy.heal();
            proxy.pass(LATE);
            assertThat(client.ask("get k\r\n")).endsWith("VALUE k 0 5\r\nvalue\r\nEND\r\n");
            proxy.requireRest();
        }
    }

    /** It was asked while it was refilling, so its miss says nothing, whatever it is by the time it answers. */
    @ParameterizedTest
    @CsvSource({
        "get k, OUT",
        "get k z, OUT",
        "gets k, OUT",
        "gat 100 k, OUT",
        "mg k v, OUT",
        "get k, SERVING",
        "get k z, SERVING",
        "mg k v, SERVING"
    })
    void aMissOfARefillingServerIsNotSureWhateverBecomesOfTheServer(String request, ReplicaStatus then) {
        try (VirtualProxy proxy = LastCopyPair.withEmptyPrimary()) {
            VirtualClient client = proxy.client();
            LastCopyPair.freeze(proxy);
            proxy.replica(proxy.backup()).doubted();
            proxy.primary().automatic(VirtualServer::isHandshake);
            client.send(request + "\r\n");
            if (then == ReplicaStatus.OUT) {
                proxy.replica(proxy.primary()).doubted();
            } else {
                proxy.replica(proxy.primary())
                        .refill()
                        .completed(proxy.replica(proxy.primary()).refill().generation());
            }
            assertThat(proxy.replica(proxy.primary()).status()).isEqualTo(then);
            proxy.primary().automatic(line -> true);
            proxy.pass(Duration.ofMillis(100));

            assertThat(client.received()).doesNotContain("END").doesNotContain("EN\r\n");
        }
    }

    /** Its process is gone, and so is what it held: there is nothing to wait for. */
    @Test
    void aServerThatRefusesConnectionsIsNotWaitedFor() {
        try (VirtualProxy proxy = LastCopyPair.withEmptyPrimary()) {
            VirtualClient client = proxy.client();
            proxy.backup().reachable(false);
            proxy.pass(Duration.ofSeconds(1));

            assertThat(client.ask("get k\r\n")).isEqualTo("END\r\n");
            assertThat(client.ask("set k 0 0 1\r\na\r\n")).endsWith("STORED\r\n");
        }
    }
}
