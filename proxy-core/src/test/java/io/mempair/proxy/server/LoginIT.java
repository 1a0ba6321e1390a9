package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.CommandSet;
import io.mempair.proxy.config.Login;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.config.Users;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins towards clients and servers, against memcached with {@code -Y}. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class LoginIT {

    private static final Login ALICE = new Login("alice", "secret");

    @TempDir
    private static Path folder;

    private static Memcached memcached;
    private static RunningProxy proxy;

    @BeforeAll
    static void start() throws Exception {
        Path users = Files.writeString(folder.resolve("users"), "alice:secret\nbob:b:c\n");
        memcached = Memcached.started("-Y", users.toString());
        proxy = RunningProxy.secured(
                memcached.address(), login(Users.read("auth-file", users)), new ServerSecurity(null, ALICE));
    }

    @AfterAll
    static void stop() {
        proxy.close();
        memcached.close();
    }

    /**
     * Parts between {@code ~} are sent one after the other, each after one line of answer: memcached 1.6.18 forgets
     * the answer to a failed login when the next line is there already.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "get a|",
                "quit|",
                "version|~set a 0 0 12|alice secret|~get none|",
                "mn|",
                "|",
                "stats|~stats|",
                "\u0080\n\u0000\u0000\u0000\u0000",
                "set a 0 0 12|alice secret|~version|",
                "set a 0 0 12|alice secret|~set a 0 0 12|alice secret|",
                "set a 0 0 7|bob b:c|~get none|",
                "set a 0 0 11|alice wrong|~get none|~set a 0 0 12|alice secret|~get none|",
                "set a 0 0 9|eve wrong|",
                "set a 0 0 13|alice  secret|",
                "set a 0 0 14|  alice secret|",
                "set a 0 0 18|alice secret extra|",
                "set a 0 0 12 noreply|alice secret|~get none|",
                "set a 0 0 12 1 2 3|alice secret|",
                "set %K x y 12|alice secret|~get none|",
                "  set  a  0  0  12|alice secret|~get none|",
                "set a 0 0 12\nalice secret|~get none|",
                "set a 0 0 012|alice secret|~get none|",
                "set a 0 0 12|alice secret\n\n",
                "set a 0 0 12|alice\u0000secret|",
                "set a 0 0 5|alice|~get none|",
                "set a 0 0 0||",
                "set a 0 0|",
                "set a 0 0 12x|",
                "set a 0 0 -1|",
                "add a 0 0 12|",
                "SET a 0 0 12|",
                "%L",
                "%L|",
                "set a 0 0 20000|%B",
            })
    void aLoginIsAnsweredAsMemcachedAnswersIt(String script) throws Exception {
        assertThat(answers(proxy.client(), script)).isEqualTo(answers(memcached.client(), script));
    }

    @Test
    void everyPipelinedRequestBeforeTheLoginHasItsAnswer() throws Exception {
        try (RawClient client = proxy.client()) {
            client.send("get a\r\nset a 0 0 11\r\nalice wrong\r\nset a 0 0 12\r\nalice secret\r\nget none\r\nquit\r\n");

            assertThat(client.rest().lines())
                    .containsExactly(
                            "CLIENT_ERROR unauthenticated", "CLIENT_ERROR authentication failure", "STORED", "END");
        }
    }

    @Test
    void aLoginThatArrivesByteByByteIsUnderstood() throws Exception {
        try (RawClient client = proxy.client()) {
            for (char c : "set a 0 0 12\r\nalice secret\r\nget none\r\n".toCharArray()) {
                client.send(String.valueOf(c));
            }
            assertThat(client.line()).isEqualTo("STORED");
            assertThat(client.line()).isEqualTo("END");
        }
    }

    @Test
    void aProxyWithAWrongPasswordDoesNotUseTheServer() throws Exception {
        ServerSecurity wrong = new ServerSecurity(null, new Login("alice", "wrong"));
        try (RunningProxy refused = RunningProxy.secured(memcached.address(), ClientPolicy.OPEN, wrong);
                RawClient client = refused.client()) {
            assertThat(client.send("get a\r\n").line()).isEqualTo("SERVER_ERROR server unavailable");
            assertThat(refused.server().health().servers().get(0).up()).isFalse();
        }
    }

    @Test
    void aLoginSentToAServerThatAsksForNoneLeavesNothingBehind() throws Exception {
        try (Memcached open = Memcached.started();
                RunningProxy logsIn =
                        RunningProxy.secured(open.address(), ClientPolicy.OPEN, new ServerSecurity(null, ALICE));
                RawClient client = logsIn.client()) {
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> logsIn.server().health().servers().get(0).up());

            assertThat(client.send("get mempair:login\r\n").line()).isEqualTo("END");
        }
    }

    private static ClientPolicy login(Users users) {
        return new ClientPolicy(Duration.ZERO, CommandSet.NONE, List.of(), users);
    }

    private static String answers(RawClient client, String script) throws IOException {
        StringBuilder heard = new StringBuilder();
        try (client) {
            for (String part : script.split("~", -1)) {
                client.send(part.replace("%K", "k".repeat(300))
                        .replace("%L", "x".repeat(2_049))
                        .replace("%B", "x".repeat(20_000))
                        .replace("|", "\r\n"));
                heard.append(client.line()).append('\n');
            }
        } catch (SocketException reset) {
            heard.append("<closed>\n");
        }
        return heard.toString();
    }
}
