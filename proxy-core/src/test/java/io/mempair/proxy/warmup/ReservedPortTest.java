package io.mempair.proxy.warmup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class ReservedPortTest {

    /** Some times as many as the kernel has ports to give. */
    private static final int MANY = 60_000;

    @Test
    void theKernelGivesItToNobodyElse() throws IOException {
        try (ReservedPort reserved = new ReservedPort()) {
            for (int i = 0; i < MANY; i++) {
                try (ReservedPort other = new ReservedPort()) {
                    assertThat(other.number()).isNotEqualTo(reserved.number());
                }
            }
        }
    }

    @Test
    void oneCanListenOnItAgainAndAgain() throws IOException {
        try (ReservedPort reserved = new ReservedPort()) {
            InetSocketAddress address = new InetSocketAddress(ReservedPort.loopback(), reserved.number());
            for (int i = 0; i < 3; i++) {
                try (ServerSocket listening = new ServerSocket();
                        Socket client = new Socket()) {
                    listening.setReuseAddress(true);
                    listening.bind(address);
                    client.connect(address, 5_000);
                    assertThat(client.isConnected()).isTrue();
                }
            }
        }
    }

    @Test
    void nobodyAnswersWhileNobodyListens() throws IOException {
        try (ReservedPort reserved = new ReservedPort();
                Socket client = new Socket()) {
            InetSocketAddress address = new InetSocketAddress(ReservedPort.loopback(), reserved.number());

            assertThatThrownBy(() -> client.connect(address, 5_000)).isInstanceOf(ConnectException.class);
        }
    }
}
