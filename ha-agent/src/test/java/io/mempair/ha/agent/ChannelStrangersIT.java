package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.lab.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Strangers who try the channel of a running pair, secured in each way, from b's host; and what there is to try. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ChannelStrangersIT extends SecuredPair {

    @ParameterizedTest
    @CsvSource({"none, none", "tls, none", "tls, other tls", "key, none", "key, other key"})
    void aStrangersNodeNeitherJoinsNorDisturbs(String pairs, String strangers) throws IOException {
        startPair(pairs);
        List<String> before = events();

        ChildJvm stranger = node("c", STRANGER, "10.91.0.1", strangers);
        await().atMost(Duration.ofSeconds(20)).until(() -> refusals(a) > 0);

        await().during(Duration.ofSeconds(4)).atMost(Duration.ofSeconds(10)).until(() -> events().equals(before));
        assertThat(refusals(a)).as("once a minute: %s", a.lines).isEqualTo(1);
        assertThat(a.lines).anyMatch(line -> line.contains("refused a connection to the channel from " + STRANGER));
        assertThat(stranger.lines).noneMatch(line -> line.contains("CrashWatch: view") && line.contains("a,"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "key"})
    void theChannelIsTheOnlyPort(String security) throws IOException {
        startPair(security);

        String tcp = Files.readString(Path.of("/proc/" + a.pid() + "/net/tcp"))
                + Files.readString(Path.of("/proc/" + a.pid() + "/net/tcp6"));
        String udp = Files.readString(Path.of("/proc/" + a.pid() + "/net/udp"))
                + Files.readString(Path.of("/proc/" + a.pid() + "/net/udp6"));

        assertThat(tcp.lines().filter(line -> line.matches(".*:[0-9A-F]{4} \\S+ 0A .*"))) // listening
                .singleElement()
                .asString()
                .contains(":1E78"); // 7800
        assertThat(udp.lines().filter(line -> !line.contains("local_address"))).isEmpty();
    }
}
