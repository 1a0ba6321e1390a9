package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same bytes to memcached and to the proxy in front of another one: the answers must be the same bytes. Each case
 * starts on two empty servers and ends with {@code version}, so that a missing or an extra answer shows too.
 */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class SameAsMemcachedIT {

    private static final String KEY_251 = "k".repeat(251);

    private static Memcached plain;
    private static Memcached behind;
    private static RunningProxy proxy;

    @BeforeAll
    static void start() throws Exception {
        plain = Memcached.started();
        behind = Memcached.started();
        proxy = RunningProxy.inFrontOf(behind.address());
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        behind.close();
        plain.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "get a",
                "get a a b a",
                "gets a b",
                "GET a",
                "get",
                "gets",
                "",
                "   ",
                "bogus",
                "get " + "%K",
                "get a %K",
                "set a 0 0 5|hello|get a",
                "set a 4294967295 0 5|hello|get a|gets a",
                "set a 0 0 0||get a",
                "  set  q  0 0  2 |hi|get q",
                "set a 0 0 5 noreply|hello|get a",
                "set a 0 0 5 bogus|hello|get a",
                "set a 0 0 5 noreply extra|hello|get a",
                "set a 0 0|hello|get a",
                "set a x 0 5|hello|get a",
                "set a 0 x 5|hello|get a",
                "set a 0 0 x|hello|get a",
                "set a 0 0 -1|hello|get a",
                "set a x 0 5 noreply|hello|get a",
                "set a 0 0 2147483646|get a",
                "set a 0 -1 5|hello|get a",
                "set a 0 99999999999 5|hello",
                "set %K 0 0 5|hello|get a",
                "set a 0 0 5|hello!|get a",
                "set a 0 0 5|hell|get a|",
                "set a 0 0 5 noreply|hello!|get a",
                "add a 0 0 1|1|add a 0 0 1|2|get a",
                "replace a 0 0 1|1|set a 0 0 1|1|replace a 5 0 1|2|get a",
                "append a 0 0 1|1|set a 3 0 1|1|append a 0 0 1|2|prepend a 0 0 1|0|get a",
                "cas a 0 0 1 1|x",
                "set a 0 0 1|1|cas a 0 0 1 99999999999|2|get a",
                "cas a 0 0 1|x",
                "cas a 0 0 1 x|x",
                "cas a 0 0 1 18446744073709551615 noreply|x|get a",
                "delete a",
                "set a 0 0 1|1|delete a|delete a|get a",
                "set a 0 0 1|1|delete a 0|get a",
                "delete a 5",
                "delete a noreply|get a",
                "delete a 0 noreply|delete a b c",
                "delete",
                "delete %K",
                "incr a 1",
                "set a 0 0 2|10|incr a 5|decr a 7|decr a 100|get a",
                "set a 0 0 20|18446744073709551615|incr a 1|get a",
                "set a 0 0 3|100|decr a 1|get a|incr a 1",
                "set a 0 0 1|x|incr a 1",
                "incr a",
                "incr a x",
                "incr a -1",
                "incr a 18446744073709551616",
                "incr a 1 noreply|get a",
                "incr a 1 2 3",
                "touch a 0",
                "set a 0 0 1|1|touch a 100|touch a 0 noreply|get a",
                "touch a",
                "touch a x",
                "gat 0 a",
                "set a 5 0 1|1|gat 100 a b a|gats 0 b",
                "gat",
                "gat 0",
                "gat x a",
                "flush_all|get a",
                "flush_all 0",
                "flush_all -1",
                "flush_all noreply|get a",
                "flush_all 0 noreply|get a",
                "flush_all x",
                "flush_all 0 1 2",
                "verbosity",
                "verbosity 1",
                "verbosity a",
                "verbosity 1 noreply|get a",
                "verbosity noreply|get a",
                "version x",
                "stats zzz",
                "set a 0 0 1048577|%M|get a",
                "set a 0 0 1|x|set a 0 0 1048577|%M|get a",
                "set a 0 0 1|x|add a 0 0 1048577|%M|get a",
            })
    void anAnswerIsTheSame(String script) throws Exception {
        String request = script.replace("%K", KEY_251)
                        .replace("%M", "x".repeat(1_048_577))
                        .replace("|", "\r\n")
                + "\r\nversion\r\n";

        assertThat(exchange(proxy.client(), request)).isEqualTo(exchange(plain.client(), request));
    }

    /** The answers to {@code request} on an empty server, up to and without that to the last version. */
    private static String exchange(RawClient client, String request) throws Exception {
        try (client) {
            client.send("flush_all\r\n");
            assertThat(client.line()).isEqualTo("OK");
            client.send(request).shutdownOutput();
            return client.rest();
        }
    }
}
