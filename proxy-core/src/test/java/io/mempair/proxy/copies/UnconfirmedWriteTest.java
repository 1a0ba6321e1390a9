package io.mempair.proxy.copies;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.script.VirtualClient;
import io.mempair.proxy.testkit.script.VirtualProxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A write was sent, and the server that alone has all values does not confirm it: the client hears an error, and whatever fails
 * next, some copy of what was acknowledged before is left.
 */
@ExtendWith(NoLeaks.class)
class UnconfirmedWriteTest {

    private static final Duration TICK = Duration.ofMillis(10);
    private static final Duration LATE = Duration.ofSeconds(3);
    private static final Duration MORE_THAN_THE_WAIT = Duration.ofSeconds(15);

    /** Sent and not answered by the last copy: the client hears of it, and the value before the write is not lost. */
    @ParameterizedTest
    @CsvSource({"'set k 0 0 3\r\nnew\r\n'", "'delete k\r\n'", "'append k 0 0 1\r\n!\r\n'"})
    void aWriteThatTheLastCopyDoesNotConfirmIsNotAcknowledged(String write) {
        try (VirtualProxy proxy = LastCopyPair.withEmptyPrimary()) {
            VirtualClient client = proxy.client();
            LastCopyPair.freeze(proxy);
            client.send(write);
            proxy.pass(MORE_THAN_THE_WAIT);
            assertThat(client.received()).startsWith("SERVER_ERROR ");
            assertThat(proxy.replica(proxy.backup()).reported(false)).isNotEqualTo(ReplicaStatus.OUT);

            proxy.heal();
            proxy.pass(LATE);

            assertThat(proxy.client().ask("get k\r\n"))
                    .containsAnyOf("value", "new", write.startsWith("d") ? "END" : "!");
        }
    }

    /** Deleted there, the value would be lost with the process that was asked. */
    @ParameterizedTest
    @ValueSource(strings = {"incr k 1", "touch k 100", "append k 0 0 1\r\n0"})
    void aWriteThatIsLostWithTheLastCopyCostsNoValueThatTheOtherHas(String write) {
        try (VirtualProxy proxy = LastCopyPair.withRefillingBackup()) {
            proxy.backup().model().put("k", "5");
            VirtualClient client = proxy.client();
            proxy.primary().automatic(line -> false);
            client.send(write + "\r\n");
            proxy.primary().reachable(false);
            proxy.pass(LATE);

            assertThat(client.received()).startsWith("SERVER_ERROR ");
            assertThat(client.ask("get k\r\n")).isEqualTo("VALUE k 0 1\r\n5\r\nEND\r\n");
        }
    }

    /** The other server has executed it, and keeps what it has. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"set k 0 0 1;7;  | 7", "incr k 1; | 6", "append k 0 0 1;0; | 50"})
    void aWriteThatOnlyTheLastCopyDoesNotConfirmCostsNoValueIfThatCopyDies(String write, String value) {
        try (VirtualProxy proxy = LastCopyPair.withEmptyPrimary()) {
            proxy.backup().model().put("k", "5");
            proxy.primary().model().put("k", "5");
            VirtualClient client = proxy.client();
            LastCopyPair.freeze(proxy);
            client.send(write.trim().replace(";", "\r\n"));
            proxy.pass(LATE);
            assertThat(client.received()).startsWith("SERVER_ERROR ");
            int before = client.received().length();
            proxy.backup().reachable(false);
            proxy.pass(LATE);

            client.send("get k\r\n");
            proxy.pass(LATE);

            assertThat(client.received().substring(before))
                    .isEqualTo("VALUE k 0 " + value.length() + "\r\n" + value + "\r\nEND\r\n");
        }
    }

    /**
     * The primary has executed it; then another loop loses the primary, which misses a write of another key. A successor flushes
     * the primary, so what the backup has must stay.
     */
    @ParameterizedTest
    @ValueSource(strings = {"incr k 1", "set k 0 0 1\r\n7", "append k 0 0 1\r\n0", "touch k 100", "gat 100 k"})
    void aCopyThatWillBeFlushedDoesNotCount(String request) {
        try (VirtualProxy proxy = new VirtualProxy(VirtualProxy.VirtualSetup.pair("1.6.31")).start()) {
            proxy.primary().model().put("k", "5");
            proxy.backup().model().put("k", "5");
            VirtualClient client = proxy.client();
            LastCopyPair.freeze(proxy);
            client.send(request + "\r\n");
            proxy.pass(TICK);
            proxy.replica(proxy.primary()).missed(VirtualProxy.key("other"));
            proxy.pass(LATE);
            assertThat(client.received()).as("not acknowledged").doesNotContain("END", "ED\r\n", "6");

            List.of(proxy.primary(), proxy.backup())
                    .forEach(server -> proxy.replica(server).standDown());
            List.of(proxy.primary(), proxy.backup())
                    .forEach(server -> proxy.replica(server).takeOver());
            proxy.heal();
            proxy.pass(MORE_THAN_THE_WAIT);

            assertThat(proxy.client().ask("get k\r\n")).startsWith("VALUE k 0 ");
            proxy.requireRest();
        }
    }

    /** The last copy executes it when it goes on; so it has to give way to the other copy, or to be the only one. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void copiesAreEqualAfterAWriteThatTheLastCopyDidNotConfirm(boolean otherHasIt) {
        try (VirtualProxy proxy = LastCopyPair.withRefillingBackup()) {
            if (otherHasIt) {
                proxy.backup().model().put("k", "5");
            }
            VirtualClient client = proxy.client();
            proxy.primary().automatic(line -> false);
            client.send("incr k 1\r\n");
            proxy.pass(LATE);
            assertThat(client.received()).startsWith("SERVER_ERROR ");

            proxy.heal();
            proxy.pass(LATE);

            assertThat(proxy.client().ask("get k\r\n"))
                    .isEqualTo("VALUE k 0 1\r\n" + (otherHasIt ? "5" : "6") + "\r\nEND\r\n");
            proxy.requireRest();
        }
    }
}
