package io.mempair.ha.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.time.SystemClock;
import org.junit.jupiter.api.Test;

class GuardRemarksTest {

    @Test
    void theSettingOfAnInterfaceWithADotInItsNameIsWrittenAsSysctlUnderstandsIt() {
        GuardRemarks remarks =
                new GuardRemarks(new VirtualAddressConfig("10.91.0.100", 24, "eth0.100"), new SystemClock());

        assertThat(remarks.onLine("unpromoted")).isTrue();

        assertThat(remarks.warnings())
                .singleElement()
                .asString()
                .startsWith("net/ipv4/conf/eth0.100/promote_secondaries cannot be set to 1 here")
                .endsWith("sysctl -w net/ipv4/conf/eth0.100/promote_secondaries=1");
    }
}
