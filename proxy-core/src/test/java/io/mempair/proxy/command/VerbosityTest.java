package io.mempair.proxy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.server.ProxyServer;
import io.mempair.proxy.server.TestProxies;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code verbosity} is the proxy's own: no server hears of it. */
@ExtendWith(NoLeaks.class)
@Timeout(30)
class VerbosityTest {

    @Test
    void theLevelIsHandedOnAndBadOnesAreNot() throws Exception {
        List<Integer> levels = new CopyOnWriteArrayList<>();
        int port = RunningProxy.freePort();
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> connection.send("ERROR\r\n"));
                ProxyServer proxy = TestProxies.on(port, server.address(), levels::add)) {
            RunningProxy.await(proxy.start());
            RunningProxy.await(proxy.open());
            try (RawClient client = RawClient.connect(port)) {
                for (String arguments :
                        List.of(" 1", " 0 noreply", " 99999999999", " a", " a noreply", " noreply", "", " 2 x")) {
                    client.send("verbosity" + arguments + "\r\n");
                }

                assertThat(client.line()).isEqualTo("OK");
                assertThat(client.line()).isEqualTo("OK");
                assertThat(client.line()).isEqualTo("CLIENT_ERROR bad command line format");
                assertThat(client.line()).isEqualTo("ERROR");
                assertThat(client.line()).isEqualTo("OK");
            }
            assertThat(levels).containsExactly(1, 0, Integer.MAX_VALUE, 2);
            assertThat(server.lines()).isEmpty();
        }
    }
}
