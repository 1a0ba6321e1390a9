package io.mempair.proxy.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RunningProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a warm-up asks is what its servers can answer, with one copy and with two. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class WarmupRequestsTest {

    private static final int PATIENCE_MILLIS = 10_000;
    private static final ThreadFactory THREADS = task -> {
        Thread thread = new Thread(task, "loopback-server");
        thread.setDaemon(true);
        return thread;
    };

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noRequestOfItIsAnsweredWithAnError(boolean twoCopies) throws Exception {
        WarmupRequests requests = new WarmupRequests();
        try (LoopbackServer primary = new LoopbackServer(THREADS);
                LoopbackServer backup = new LoopbackServer(THREADS);
                RunningProxy proxy = twoCopies
                        ? RunningProxy.withBackups(List.of(primary.address()), List.of(backup.address()))
                        : RunningProxy.inFrontOf(primary.address(), backup.address())) {
            for (int variant = 0; variant < 3; variant++) {
                assertThat(answers(proxy.port(), requests.text(variant))).noneMatch(answer -> answer.contains("ERROR"));
                assertThat(answers(proxy.port(), requests.binary(variant)))
                        .noneMatch(answer -> answer.contains("ERROR") || answer.contains("memory"));
            }
        }
    }

    @Test
    void itsReadsAreHitsAndMisses() throws Exception {
        try (LoopbackServer server = new LoopbackServer(THREADS);
                RunningProxy proxy = RunningProxy.inFrontOf(server.address())) {
            List<String> answers = answers(proxy.port(), new WarmupRequests().text(0));

            assertThat(answers.get(0)).isEqualTo("STORED\r\n");
            assertThat(answers.get(1)).startsWith("VALUE warmup:0 5 100\r\n").endsWith("\r\nEND\r\n");
            assertThat(answers.get(4)).isEqualTo("END\r\n");
        }
    }

    private static List<String> answers(int port, List<Batch> batches) throws IOException {
        try (Socket socket = new Socket(ReservedPort.loopback(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            List<String> answers = new ArrayList<>();
            for (Batch batch : batches) {
                socket.getOutputStream().write(batch.bytes());
                String ending = new String(batch.ending(), StandardCharsets.ISO_8859_1);
                ByteArrayOutputStream answer = new ByteArrayOutputStream();
                while (!answer.toString(StandardCharsets.ISO_8859_1).endsWith(ending)) {
                    byte[] piece = new byte[1 << 16];
                    int read = socket.getInputStream().read(piece);
                    assertThat(read).as("answered so far: %s", answer).isPositive();
                    answer.write(piece, 0, read);
                }
                answers.add(answer.toString(StandardCharsets.ISO_8859_1));
            }
            return answers;
        }
    }
}
