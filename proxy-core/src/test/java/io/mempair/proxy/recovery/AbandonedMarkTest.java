package io.mempair.proxy.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.replication.RefillLease;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.script.MemcachedModel.ModelItem;
import io.mempair.proxy.testkit.script.ScriptStep;
import io.mempair.proxy.testkit.script.VirtualClient;
import io.mempair.proxy.testkit.script.VirtualProxy;
import io.mempair.proxy.testkit.script.VirtualServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A copy that broke off has left its mark, an empty item, on a server for some seconds. Clients must not meet it. */
@ExtendWith(NoLeaks.class)
class AbandonedMarkTest {

    private static final Duration A_MOMENT = Duration.ofSeconds(2);
    private static final Duration UNTIL_MARKS_EXPIRE = Duration.ofSeconds(30);

    private static VirtualProxy withRefill() {
        CopyPolicy usual = CopyPolicy.DEFAULT;
        return new VirtualProxy(VirtualProxy.VirtualSetup.pair("1.6.31")
                .with(new CopyPolicy(
                        usual.acknowledge(),
                        false,
                        usual.journalBytes(),
                        10_000,
                        usual.refillFor(),
                        usual.refillLifetime())));
    }

    /** The primary came back empty; the active node began to refill it, and died. */
    private static VirtualProxy takingOver() {
        VirtualProxy proxy = withRefill();
        refilledAtTakeOver(proxy, proxy.primary());
        return proxy;
    }

    private static void refilledAtTakeOver(VirtualProxy proxy, VirtualServer refilled) {
        proxy.restartedBefore(refilled);
        proxy.start();
        refilled.model().answer("set k " + RefillLease.FLAGS + ' ' + RefillLease.SECONDS + " 0", "");
        proxy.replica(refilled).takeOver();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "append k 0 0 1;!   | NOT_STORED;",
                "replace k 0 0 1;!  | NOT_STORED;",
                "add k 0 0 1;!      | STORED;",
                "incr k 1           | NOT_FOUND;",
                "touch k 100        | NOT_FOUND;",
                "delete k           | NOT_FOUND;",
                "md k               | NF;",
                "ms k 1 MA;!        | NS;"
            })
    void aMarkOfAnotherNodeIsNoItem(String request, String answer) {
        try (VirtualProxy proxy = takingOver()) {
            VirtualClient client = proxy.client();
            proxy.recover();
            proxy.pass(A_MOMENT);

            client.send(request.trim().replace(";", "\r\n") + "\r\n");
            proxy.pass(A_MOMENT);

            assertThat(client.received()).isEqualTo(answer.trim().replace(";", "\r\n"));
            proxy.pass(UNTIL_MARKS_EXPIRE);
            assertThat(proxy.replica(proxy.primary()).status()).isEqualTo(ReplicaStatus.SERVING);
            proxy.requireRest();
        }
    }

    /** Both servers are being refilled, so the miss of the other one says nothing against the mark. */
    @ParameterizedTest
    @CsvSource({"delete k, NOT_FOUND", "md k, NF"})
    void aDeletionFindsNoMarkWhereBothAreRefilled(String request, String answer) {
        try (VirtualProxy proxy = takingOver()) {
            proxy.restartedBefore(proxy.backup());
            proxy.backup().model().answer("set k " + RefillLease.FLAGS + ' ' + RefillLease.SECONDS + " 0", "");
            proxy.replica(proxy.backup()).added();
            proxy.replica(proxy.backup()).takeOver();
            VirtualClient client = proxy.client();

            client.send(request + "\r\n");
            proxy.pass(A_MOMENT);

            assertThat(client.received()).isEqualTo(answer + "\r\n");
            proxy.pass(UNTIL_MARKS_EXPIRE);
            proxy.requireRest();
        }
    }

    /** The primary has the item, the backup the mark of its copy. What is done to the item is not done to the mark. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "append k 0 0 1;!  | STORED;",
                "prepend k 0 0 1;! | STORED;",
                "replace k 7 0 1;! | STORED;",
                "incr k 1          | 6;",
                "touch k 100       | TOUCHED;",
                "gat 100 k         | VALUE k 3 1;5;END;",
                "mg k v T100       | VA 1;5;",
                "mg k T100         | HD;",
                "ms k 1 MA;!       | HD;",
                "ma k              | HD;"
            })
    void aMarkOnTheBackupDoesNotFollow(String request, String answer) {
        try (VirtualProxy proxy = withRefill()) {
            refilledAtTakeOver(proxy, proxy.backup());
            proxy.primary().model().answer("set k 3 0 1", "5");
            VirtualClient client = proxy.client();

            client.send(request.trim().replace(";", "\r\n") + "\r\n");
            proxy.pass(A_MOMENT);

            assertThat(client.received()).isEqualTo(answer.trim().replace(";", "\r\n"));
            ModelItem second = proxy.backup().model().item("k");
            if (second != null) {
                ModelItem first = proxy.primary().model().item("k");
                assertThat(second.flags()).isEqualTo(first.flags());
                assertThat(second.value()).isEqualTo(first.value());
            }
            proxy.requireRest();
        }
    }

    /** The other server has the item, so a read copies it; the connection breaks behind the mark. */
    @Test
    void aMarkOfOnesOwnIsNoItem() {
        try (VirtualProxy proxy = withRefill()) {
            proxy.restartedBefore(proxy.primary());
            proxy.start();
            proxy.backup().model().put("k", "value");
            VirtualClient client = proxy.client();
            proxy.primary().automatic(line -> !line.startsWith("ms k 5"));
            assertThat(client.ask("get k\r\n")).isEqualTo("VALUE k 0 5\r\nvalue\r\nEND\r\n");
            proxy.pass(Duration.ofMillis(10));
            assertThat(proxy.primary().model().item("k").flags()).isEqualTo(RefillLease.FLAGS);
            proxy.backup().model().answer("delete k", "");
            proxy.primary().step(ScriptStep.BREAKS);

            proxy.heal();
            proxy.pass(A_MOMENT);

            assertThat(client.ask("append k 0 0 1\r\n!\r\n")).isEqualTo("NOT_STORED\r\n");
            proxy.requireRest();
        }
    }
}
