package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The proxy in front of real memcached. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class RealMemcachedIT {

    @ParameterizedTest
    @EnumSource(TransportChoice.class)
    void aSessionIsServedOnEveryTransport(TransportChoice transport) throws Exception {
        try (Memcached one = Memcached.started();
                Memcached two = Memcached.started();
                RunningProxy proxy = RunningProxy.start(
                        List.of(one.address(), two.address()), List.of(), ClientLimits.DEFAULT, 2, transport);
                RawClient client = proxy.client()) {
            StringBuilder request = new StringBuilder();
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                request.append("set k" + i + " " + i + " 0 5\r\nv" + (1_000 + i) + "\r\nget k" + i + "\r\n");
                expected.append("STORED\r\nVALUE k" + i + " " + i + " 5\r\nv" + (1_000 + i) + "\r\nEND\r\n");
            }
            assertThat(client.ask(request.toString(), expected.toString())).isEqualTo(expected.toString());
        }
    }

    @Test
    void aMultiGetOverSeveralServersComesInTheOrderAskedDuplicatesIncluded() throws Exception {
        try (Memcached one = Memcached.started();
                Memcached two = Memcached.started();
                Memcached three = Memcached.started();
                RunningProxy proxy = RunningProxy.inFrontOf(one.address(), two.address(), three.address());
                RawClient client = proxy.client()) {
            Random random = new Random(5);
            Map<String, String> stored = new HashMap<>();
            for (int i = 0; i < 3_000; i += 2) {
                String value = "x".repeat(random.nextInt(i % 100 == 0 ? 30_000 : 40));
                stored.put("k" + i, value);
                client.send("set k" + i + " 0 0 " + value.length() + "\r\n" + value + "\r\n");
                assertThat(client.line()).isEqualTo("STORED");
            }
            for (int keys : new int[] {2, 3, 50, 511, 512, 513, 3_000}) {
                StringBuilder request = new StringBuilder(keys % 2 == 0 ? "get" : "gat 0");
                StringBuilder expected = new StringBuilder();
                for (int i = 0; i < keys; i++) {
                    String key = "k" + random.nextInt(3_000);
                    request.append(' ').append(key);
                    String value = stored.get(key);
                    if (value != null) {
                        expected.append("VALUE " + key + " 0 " + value.length() + "\r\n" + value + "\r\n");
                    }
                }
                expected.append("END\r\n");
                assertThat(client.ask(request + "\r\n", expected.toString()))
                        .as("%d keys", keys)
                        .isEqualTo(expected.toString());
            }
        }
    }

    @Test
    void aValueOfAlmostOneMegabytePassesWhileOthersAreServed() throws Exception {
        try (Memcached memcached = Memcached.started();
                RunningProxy proxy = RunningProxy.inFrontOf(memcached.address());
                RawClient large = proxy.client();
                RawClient small = proxy.client()) {
            String value = "v".repeat(1_000_000);
            large.send("set big 0 0 1000000\r\n" + value.substring(0, 400_000));
            assertThat(small.ask("set s 0 0 1\r\nx\r\n", "STORED\r\n")).isEqualTo("STORED\r\n");
            large.send(value.substring(400_000) + "\r\nget big\r\n");

            String expected = "STORED\r\nVALUE big 0 1000000\r\n" + value + "\r\nEND\r\n";
            assertThat(large.receive(expected.length()).equals(expected)).isTrue();
        }
    }

    @Test
    void aClientThatSendsEverythingAndClosesItsSideGetsItsAnswers() throws Exception {
        try (Memcached memcached = Memcached.started();
                RunningProxy proxy = RunningProxy.inFrontOf(memcached.address());
                RawClient client = proxy.client()) {
            client.send("set k 0 0 5\r\nhello\r\nget k\r\n").shutdownOutput();

            assertThat(client.rest()).isEqualTo("STORED\r\nVALUE k 0 5\r\nhello\r\nEND\r\n");
        }
    }

    @Test
    void aDeadServerIsAnsweredAtOnceAndServedAgainWhenItIsBack() throws Exception {
        try (Memcached memcached = Memcached.started();
                Memcached other = Memcached.started();
                RunningProxy proxy = RunningProxy.inFrontOf(memcached.address(), other.address());
                RawClient client = proxy.client()) {
            assertThat(client.send("set a 0 0 1\r\nx\r\n").line()).isEqualTo("STORED");
            assertThat(client.send("set b 0 0 1\r\nx\r\n").line()).isEqualTo("STORED");
            memcached.kill();

            await().atMost(Duration.ofSeconds(5)).until(() -> upServers(proxy) == 1);
            List<String> answers = new ArrayList<>();
            for (String key : List.of("a", "b")) {
                answers.add(client.send("get " + key + "\r\n").line());
                if (answers.get(answers.size() - 1).startsWith("VALUE")) {
                    client.receive("x\r\nEND\r\n".length());
                }
            }
            assertThat(answers)
                    .containsExactlyInAnyOrder(
                            "SERVER_ERROR server unavailable",
                            answers.get(0).startsWith("VALUE") ? "VALUE a 0 1" : "VALUE b 0 1");
            String both = client.send("get a b\r\n").line();
            assertThat(both)
                    .as("a dead server's keys are misses in a multi-get")
                    .startsWith("VALUE");
            client.receive("x\r\nEND\r\n".length());

            memcached.start();
            await().atMost(Duration.ofSeconds(5)).until(() -> upServers(proxy) == 2);
            assertThat(client.send("set a 0 0 1\r\ny\r\n").line()).isEqualTo("STORED");
            assertThat(client.send("set b 0 0 1\r\ny\r\n").line()).isEqualTo("STORED");
        }
    }

    @Test
    void aServerMayBeGivenByNameAndOneThatHasNoAddressIsAnsweredAtOnce() throws Exception {
        try (Memcached memcached = Memcached.started();
                RunningProxy named = RunningProxy.inFrontOf(
                        new ServerAddress("localhost", memcached.address().port()));
                RunningProxy nameless = RunningProxy.inFrontOf(new ServerAddress("no-such-host.invalid", 11_211));
                RawClient client = named.client();
                RawClient other = nameless.client()) {
            assertThat(client.send("set a 0 0 1\r\nx\r\n").line()).isEqualTo("STORED");
            assertThat(other.send("get a\r\n").line()).isEqualTo("SERVER_ERROR server unavailable");
        }
    }

    @Test
    void withEveryServerDeadEveryRequestIsAnswered() throws Exception {
        try (RunningProxy proxy = RunningProxy.inFrontOf(new ServerAddress("127.0.0.1", RunningProxy.freePort()));
                RawClient client = proxy.client()) {
            String error = "SERVER_ERROR server unavailable";
            assertThat(client.send("get a\r\n").line()).isEqualTo(error);
            assertThat(client.send("get a b\r\n").line()).isEqualTo(error);
            assertThat(client.send("set a 0 0 1\r\nx\r\n").line()).isEqualTo(error);
            assertThat(client.send("incr a 1\r\n").line()).isEqualTo(error);
            assertThat(client.send("flush_all\r\n").line()).isEqualTo("SERVER_ERROR not every server was flushed");
            assertThat(client.send("version\r\n").line()).isEqualTo("VERSION 1.6.0");
        }
    }

    /** Many clients, every command, pipelined, cut at random: each must read its own writes, in order. */
    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"EPOLL", "IO_URING"})
    void clientsReadTheirOwnWritesHoweverTheyPipeline(TransportChoice transport) throws Exception {
        try (Memcached one = Memcached.started();
                Memcached two = Memcached.started();
                RunningProxy proxy = RunningProxy.start(
                        List.of(one.address(), two.address()), List.of(), ClientLimits.DEFAULT, 2, transport)) {
            List<Thread> threads = new ArrayList<>();
            List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
            for (int id = 0; id < 4; id++) {
                long seed = 100L + id;
                Thread thread = new Thread(() -> {
                    try (RawClient client = proxy.client()) {
                        ModelClient.play(client, "c" + seed + "-", seed, 400);
                    } catch (Throwable e) {
                        failures.add(e);
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
        }
    }

    @Test
    void aWriteIsFoundOnBothCopiesAndReadFromTheBackupWhenThePrimaryIsDead() throws Exception {
        try (Memcached primary = Memcached.started();
                Memcached backup = Memcached.started();
                RunningProxy proxy = RunningProxy.withBackups(List.of(primary.address()), List.of(backup.address()));
                RawClient client = proxy.client()) {
            assertThat(client.send("set user 7 0 5\r\nalice\r\n").line()).isEqualTo("STORED");
            assertThat(client.send("add counter 0 0 1\r\n5\r\n").line()).isEqualTo("STORED");
            assertThat(client.send("incr counter 2\r\n").line()).isEqualTo("7");
            assertThat(client.send("add user 0 0 1\r\nx\r\n").line()).isEqualTo("NOT_STORED");
            assertThat(client.send("append user 0 0 1\r\n!\r\n").line()).isEqualTo("STORED");
            String value = "VALUE user 7 6\r\nalice!\r\nEND\r\n";
            for (Memcached copy : List.of(primary, backup)) {
                try (RawClient direct = copy.client()) {
                    assertThat(direct.ask("get user\r\n", value)).isEqualTo(value);
                    assertThat(direct.ask("get counter\r\n", "VALUE counter 0 1\r\n7\r\nEND\r\n"))
                            .isEqualTo("VALUE counter 0 1\r\n7\r\nEND\r\n");
                }
            }

            primary.kill();

            await().atMost(Duration.ofSeconds(5)).until(() -> upServers(proxy) == 1);
            assertThat(client.ask("get user\r\n", value)).isEqualTo(value);
            String both = "VALUE counter 0 1\r\n7\r\nVALUE user 7 6\r\nalice!\r\nEND\r\n";
            assertThat(client.ask("get counter user\r\n", both)).isEqualTo(both);
            assertThat(client.send("set user 0 0 3\r\nbob\r\n").line()).isEqualTo("STORED");
            assertThat(client.send("delete counter\r\n").line()).isEqualTo("DELETED");
        }
    }

    private static long upServers(RunningProxy proxy) {
        return proxy.server().health().servers().stream()
                .filter(ProxyHealth.ServerStatus::up)
                .count();
    }
}
