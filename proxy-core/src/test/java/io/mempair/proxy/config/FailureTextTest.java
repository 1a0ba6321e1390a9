package io.mempair.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;

class FailureTextTest {

    /** As Netty does. */
    private static final class AnnotatedNoRoute extends NoRouteToHostException {

        private static final long serialVersionUID = 1;

        AnnotatedNoRoute(NoRouteToHostException cause) {
            super(cause.getMessage() + ": /10.0.0.21:11211");
            initCause(cause);
        }
    }

    @Test
    void aMessageIsKept() {
        assertThat(FailureText.of(new ConnectException("Connection refused"))).isEqualTo("Connection refused");
        assertThat(FailureText.of(new AnnotatedNoRoute(new NoRouteToHostException("No route to host"))))
                .isEqualTo("No route to host: /10.0.0.21:11211");
    }

    @Test
    void aFailureWithoutAMessageIsToldInWords() {
        assertThat(FailureText.of(new NoRouteToHostException())).startsWith("no route to host: ");
        assertThat(FailureText.of(new AnnotatedNoRoute(new NoRouteToHostException())))
                .startsWith("no route to host: ")
                .doesNotContain("null");
        assertThat(FailureText.of(new ConnectException())).isEqualTo("cannot connect");
        assertThat(FailureText.of(new ClosedChannelException())).isEqualTo("the connection is closed");
    }

    @Test
    void anUnknownOneIsNamedByItsType() {
        assertThat(FailureText.of(new IOException(" "))).isEqualTo("IOException");
    }
}
