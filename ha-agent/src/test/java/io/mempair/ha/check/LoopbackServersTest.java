package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.GroupConfig;
import io.mempair.ha.config.Profile;
import io.mempair.proxy.config.ServerAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LoopbackServersTest {

    private static List<String> warnings(String bind, String... servers) {
        GroupConfig group = new GroupConfig(bind, 7800, List.of(new ServerAddress("10.0.0.2", 7800)), Profile.DEFAULT);
        return LoopbackServers.warnings(
                group,
                Stream.of(servers).map(text -> ServerAddress.parse(text, 11211)).toList());
    }

    @Test
    void aServerThatIsAnotherOnEachHostIsNamedWithTheRemedy() {
        assertThat(warnings("10.0.0.1", "10.0.0.21", "127.0.0.1", "Localhost:2", "[::1]:3"))
                .containsExactly(
                        "proxy.servers, proxy.backups: 127.0.0.1:11211, Localhost:2, [::1]:3 is another memcached"
                                + " on each host, so after a take-over values are missing or old (expected: addresses at which"
                                + " both nodes reach the same one, as this host's own, 10.0.0.1)");
    }

    @Test
    void serversOfOtherHostsAndThoseOfALabOnOneHostAreFine() {
        assertThat(warnings("10.0.0.1", "10.0.0.21", "m1")).isEmpty();
        assertThat(warnings("127.0.0.1", "127.0.0.1:1", "localhost:2")).isEmpty();
    }
}
