package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import org.junit.jupiter.api.Test;

class FileNeedsTest {

    private final ProxyConfig config = TestProxies.config(11_211, new ServerAddress("m1", 11_211));
    private final long needed = (long) config.limits().maxClients() + 5 + FileNeeds.SPARE;

    @Test
    void everyClientEveryConnectionToAServerAndASpareAreCounted() {
        assertThat(FileNeeds.of(config)).isEqualTo(needed);
    }

    @Test
    void aLimitThatIsEnoughIsNoNews() {
        assertThat(FileNeeds.warning(config, needed)).isEmpty();
    }

    @Test
    void aLimitThatIsTooLowIsSaidWithTheRemedy() {
        assertThat(FileNeeds.warning(config, needed - 1).orElse(""))
                .startsWith("open files: at most " + (needed - 1) + " (expected: " + needed + ", for max-clients ")
                .contains("LimitNOFILE=" + needed, "ulimit -n");
    }
}
