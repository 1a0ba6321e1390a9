package io.mempair.proxy.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.RefillLease;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerIdentity;
import io.mempair.proxy.server.ProxyInternals;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.Packets;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.search.RequiredSearch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads of keys with two copies on real servers that differ, as they do while one is out or refilled. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class TwoCopiesReadIT {

    private Memcached primary;
    private Memcached backup;
    private RunningProxy proxy;
    private RawClient client;

    @BeforeEach
    void start() throws Exception {
        primary = Memcached.started();
        backup = Memcached.started();
        proxy = RunningProxy.withBackups(List.of(primary.address()), List.of(backup.address()));
        client = proxy.client();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        proxy.close();
        backup.close();
        primary.close();
    }

    @ParameterizedTest
    @CsvSource({
        "get a|, VALUE a 7 1|x|END|",
        "get none|, END|",
        "get none a b a|, VALUE a 7 1|x|VALUE b 0 2|yy|VALUE a 7 1|x|END|",
        "gat 100 a|, VALUE a 7 1|x|END|",
        "gat 100 a none b|, VALUE a 7 1|x|VALUE b 0 2|yy|END|",
        "mg a v|, VA 1|x|",
        "mg a|, HD|",
        "mg a s v k f O8 q|, VA 1 s1 ka f7 O8|x|",
        "mg none k O8|, EN knone O8|",
        "mg none q|mn|, MN|",
        "mg a T100 v|, VA 1|x|",
        "mg a T100|, HD|",
        "mg b N30 v|, VA 2|yy|",
    })
    void whatARefillingPrimaryLacksIsReadFromTheBackup(String request, String answer) throws Exception {
        on(backup, "set a 7 0 1|x|", "STORED|");
        on(primary, "set b 0 0 2|yy|", "STORED|");
        on(backup, "set b 0 0 2|yy|", "STORED|");
        refill(0);

        assertThat(ask(request, answer)).isEqualTo(answer);
    }

    @Test
    void eachKeyIsCountedOnceAndLookupsApart() throws Exception {
        // each key once, or a refill may come in between
        on(backup, "set a 0 0 1|x|set b 0 0 1|x|set c 0 0 1|x|", "STORED|".repeat(3));
        refill(0);

        ask("get a|get none|get b none b|mg c|", "VALUE a 0 1|x|END|END|VALUE b 0 1|x|VALUE b 0 1|x|END|HD|");

        assertThat(count(ProxyMeter.KEYS_HIT)).isEqualTo(4);
        assertThat(count(ProxyMeter.KEYS_MISSED)).isEqualTo(2);
        assertThat(count(ProxyMeter.LOOKUPS_HIT)).isEqualTo(4);
        assertThat(count(ProxyMeter.LOOKUPS_MISSED)).isEqualTo(2);
        assertThat(count(ProxyMeter.READS_FROM_BACKUP)).isEqualTo(6);
    }

    @Test
    void aMissOfAServingPrimaryIsAMiss() throws Exception {
        on(backup, "set a 0 0 1|x|", "STORED|");

        assertThat(ask("get a|get a b|mg a v|", "END|END|EN|")).isEqualTo("END|END|EN|");
        assertThat(count(ProxyMeter.READS_FROM_BACKUP)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "get a|, VALUE a 5 1|x|END|",
        "get a a b|, VALUE a 5 1|x|VALUE a 5 1|x|VALUE b 0 0||END|",
        "gat 0 a b|, VALUE a 5 1|x|VALUE b 0 0||END|",
        "mg a|, HD|",
        "mg a v|, VA 1|x|",
        "mg a f s k|, HD f5 s1 ka|",
        "mg a T0 v O1|, VA 1 O1|x|",
        "get none|, END|",
        "get none none|, END|",
        "mg none O1 v k|, EN O1 knone|",
        "mg none k O1|, EN knone O1|",
        "get b|, VALUE b 0 0||END|",
        "mg b|mg b v|, HD|VA 0||",
    })
    void theMarkOfARefillIsNoItem(String request, String answer) throws Exception {
        String mark = " " + RefillLease.FLAGS + " 5 0||";
        on(primary, "set a" + mark + "set none" + mark + "set b 0 0 0||", "STORED|STORED|STORED|");
        on(backup, "set a 5 0 1|x|set none" + mark + "set b 0 0 0||", "STORED|STORED|STORED|");

        assertThat(ask(request, answer)).isEqualTo(answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"get none|", "get none x|", "gat 0 none|", "mg none v|", "mg none|"})
    void theMarkOfARefillIsAMissToTheLast(String request) throws Exception {
        on(primary, "set none " + RefillLease.FLAGS + " 5 0||", "STORED|");
        backup.kill();
        await().atMost(Duration.ofSeconds(5)).until(() -> !up(1));

        String miss = request.startsWith("mg") ? "EN|" : "END|";
        assertThat(ask(request, miss)).isEqualTo(miss);
    }

    @Test
    void aPrimaryThatMissedAWriteIsNotRead() throws Exception {
        on(primary, "set a 0 0 3|old|", "STORED|");
        on(backup, "set a 0 0 3|new|", "STORED|");
        replica(0).missed(key("a"));

        String answer = "VALUE a 0 3|new|END|VALUE a 0 3|new|END|VA 3|new|VALUE a 0 3|new|END|";
        assertThat(ask("get a|get a b|mg a v|gat 0 a|", answer)).isEqualTo(answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gat 100 a|", "gats 100 a b|", "mg a T100|"})
    void aLifetimeIsSetOnBothCopies(String request) throws Exception {
        ask("set a 0 0 1|x|", "STORED|");

        client.send(bytes(request + "mn|"));
        awaitBarrier();

        for (Memcached copy : List.of(primary, backup)) {
            assertThat(on(copy, "mg a t|")).isIn("HD t100", "HD t99", "HD t98");
        }
        assertThat(replica(1).status()).isEqualTo(ReplicaStatus.SERVING);
    }

    @Test
    void aLifetimeThePrimaryDidNotHearOfIsJournaled() throws Exception {
        ask("set a 0 0 1|x|set b 0 0 1|x|", "STORED|STORED|");
        primary.kill();
        await().atMost(Duration.ofSeconds(5)).until(() -> !up(0));

        ask("get a|", "VALUE a 0 1|x|END|");
        assertThat(replica(0).status()).as("a read changes nothing").isEqualTo(ReplicaStatus.SERVING);
        ask("gat 100 a none b|", "VALUE a 0 1|x|VALUE b 0 1|x|END|");

        assertThat(replica(0).status()).isEqualTo(ReplicaStatus.OUT);
        assertThat(replica(0).missedWrites().journaledKeys()).isEqualTo(2);
    }

    @Test
    void anIdIsGoodAtTheOtherServerOnlyWhereBothWereGivenIt() throws Exception {
        boolean shared = primary.takesIds();
        ask("set a 0 0 1|x|", "STORED|");
        String id = idByGets();
        assertThat(ask("cas a 0 0 1 " + id + "|y|", "STORED|")).isEqualTo("STORED|");
        id = idByGets();
        primary.kill();
        await().atMost(Duration.ofSeconds(5)).until(() -> !up(0));

        String taken = shared ? "STORED|EX|" : "EXISTS|EX|";
        assertThat(ask("cas a 0 0 1 " + id + "|z|ms a 1 C" + id + "|w|", taken)).isEqualTo(taken);
        assertThat(Packets.describe(binary("set a w cas=" + id))).contains("0002");
        String left = shared ? "VALUE a 0 1|z|END|" : "VALUE a 0 1|y|END|";
        assertThat(ask("get a|", left)).isEqualTo(left);
        assertThat(ask("cas a 0 0 1 " + idByGets() + "|z|", "STORED|")).isEqualTo("STORED|");
    }

    @Test
    void anIdOfBeforeARestartIsNoneUnlessTheOtherCopyHasItToo() throws Exception {
        replica(0).connected(new ServerIdentity(1, 1));
        ask("set a 0 0 1|x|", "STORED|");
        String id = idByGets();

        refill(0);

        String answer = primary.takesIds() ? "STORED|" : "EXISTS|";
        assertThat(ask("cas a 0 0 1 " + id + "|z|", answer)).isEqualTo(answer);
        assertThat(idByGets()).isNotEqualTo(id);
    }

    @Test
    void theIdIsTheSameHoweverItIsAskedFor() throws Exception {
        ask("set a 0 0 1|x|set b 0 0 1|x|", "STORED|STORED|");
        String id = idByGets();

        String several = client.send(bytes("gets a b|")).line();
        client.receive("x\r\n".length());
        String b = client.line();
        client.receive("x\r\nEND\r\n".length());
        assertThat(several).isEqualTo("VALUE a 0 1 " + id);
        assertThat(Long.parseLong(b.substring(b.lastIndexOf(' ') + 1))).isGreaterThan(Long.parseLong(id));
        assertThat(ask("mg a c|", "HD c" + id + "|")).isEqualTo("HD c" + id + "|");
        assertThat(ask("mg a k c v|", "VA 1 ka c" + id + "|x|")).isEqualTo("VA 1 ka c" + id + "|x|");
        assertThat(client.send(bytes("me a|")).line()).contains(" cas=" + id + " ");
        String next = client.send(bytes("ms a 1 c|y|")).line().substring("HD c".length());
        assertThat(Long.parseLong(next)).isGreaterThan(Long.parseLong(id));
        assertThat(idByGets()).isEqualTo(next);
        assertThat(ask("ms a 1 C" + next + "|z|", "HD|")).isEqualTo("HD|");
        assertThat(ask("set n 0 0 1|5|", "STORED|")).isEqualTo("STORED|");
        String counted = client.send(bytes("ma n v c|")).line();
        assertThat(client.line()).isEqualTo("6");
        assertThat(client.send(bytes("mg n c|")).line()).isEqualTo(counted.replace("VA 1", "HD"));
    }

    @Test
    void aBinaryClientIsGivenTheSameIds() throws Exception {
        ask("set a 0 0 1|x|", "STORED|");
        String id = idByGets();

        assertThat(Packets.describe(binary("get a"))).contains("%016x".formatted(Long.parseLong(id)));
        assertThat(Packets.describe(binary("set a y cas=" + id))).startsWith("81010000000000000000");
        assertThat(ask("get a|", "VALUE a 0 1|y|END|")).isEqualTo("VALUE a 0 1|y|END|");
    }

    private String binary(String packet) throws IOException {
        try (RawClient own = proxy.client()) {
            return own.send(Packets.of(packet)).shutdownOutput().rest();
        }
    }

    private String idByGets() throws IOException {
        String line = client.send(bytes("gets a|")).line();
        assertThat(line).startsWith("VALUE a 0 1 ");
        client.receive("x\r\nEND\r\n".length());
        return line.substring(line.lastIndexOf(' ') + 1);
    }

    private void awaitBarrier() throws IOException {
        String line = client.line();
        while (!line.equals("MN")) {
            line = client.line();
        }
    }

    private String ask(String request, String expected) throws IOException {
        return client.ask(wire(request), wire(expected)).replace("\r\n", "|");
    }

    private static void on(Memcached server, String request, String answer) throws IOException {
        try (RawClient direct = server.client()) {
            assertThat(direct.ask(wire(request), wire(answer))).isEqualTo(wire(answer));
        }
    }

    private static String on(Memcached server, String request) throws IOException {
        try (RawClient direct = server.client()) {
            return direct.send(bytes(request)).line();
        }
    }

    private static String wire(String text) {
        return text.replace("|", "\r\n");
    }

    private static byte[] bytes(String text) {
        return wire(text).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Key key(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return Key.of(bytes, 0, bytes.length);
    }

    private boolean up(int server) {
        return proxy.server().health().servers().get(server).up();
    }

    private ReplicaState replica(int server) {
        return ProxyInternals.replica(proxy, server);
    }

    /** As if the server had been restarted. */
    private void refill(int server) {
        replica(server).connected(new ServerIdentity(2, 2));
        replica(server).connected(new ServerIdentity(3, 3));
        assertThat(replica(server).status()).isEqualTo(ReplicaStatus.REFILLING);
    }

    private long count(ProxyMeter meter) {
        MeterRegistry registry = new SimpleMeterRegistry();
        proxy.server().bindTo(registry);
        RequiredSearch search = registry.get(meter.meterName());
        return (long) (meter.value().isEmpty() ? search : search.tag(meter.label(), meter.value()))
                .functionCounter()
                .count();
    }
}
