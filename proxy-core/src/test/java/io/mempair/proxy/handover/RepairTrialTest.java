package io.mempair.proxy.handover;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RepairTrialTest {

    @Test
    void aMissingRightIsTold() {
        assertThat(RepairTrial.problem("setsockopt(..) failed with error(-1): Operation not permitted"))
                .contains("Operation not permitted (expected: CAP_NET_ADMIN in the user namespace");
    }

    @Test
    void aKernelThatLacksItIsTold() {
        assertThat(RepairTrial.problem("setsockopt(..) failed with error(-22): Invalid argument"))
                .endsWith("(expected: Linux 4.19 or newer)");
    }
}
