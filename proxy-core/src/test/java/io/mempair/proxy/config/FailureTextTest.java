package io.mempair.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;

class FailureTextTest {

    @Test
    void aFailureWithoutAMessageIsNamedByItsType() {
        assertThat(FailureText.of(new ConnectException("Connection refused"))).isEqualTo("Connection refused");
        assertThat(FailureText.of(new ClosedChannelException())).isEqualTo("ClosedChannelException");
        assertThat(FailureText.of(new IOException(" "))).isEqualTo("IOException");
    }
}
