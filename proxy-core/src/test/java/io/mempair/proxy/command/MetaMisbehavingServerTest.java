package io.mempair.proxy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** As {@link MisbehavingServerTest}, for clients that speak meta. */
@ExtendWith(NoLeaks.class)
@Timeout(30)
class MetaMisbehavingServerTest {

    @ParameterizedTest
    @CsvSource({
        "'STORED\r\n'",
        "'END\r\n'",
        "'HDX\r\n'",
        "'VA\r\n'",
        "'VA x\r\n'",
        "'VA -1\r\n'",
        "'VA 99999999999\r\n'",
        "'VA 2\r\nno!!'",
        "'VALUE bad 0 2\r\nno\r\nEND\r\n'",
        "'\n'",
    })
    void aWrongAnswerEndsTheConnectionAndTheNextRequestIsServedOnANewOne(String wrong) throws Exception {
        try (ScriptedServer server = ScriptedServer.playing(
                        (line, connection) -> connection.send(line.equals("mg good v") ? "VA 2\r\nok\r\n" : wrong));
                RunningProxy proxy = RunningProxy.inFrontOf(server.address())) {
            int before = server.connections();
            try (RawClient client = proxy.client()) {
                String answer = client.send("mg bad v\r\n").receive(12);
                // a value that broke off half-way closes the client; otherwise it hears an error
                assertThat(answer).matches("(?s)SERVER_ERROR|(VA 2.*)?<closed>");
            }
            Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> server.connections() > before);
            Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> {
                try (RawClient client = proxy.client()) {
                    return client.ask("mg good v\r\n", "VA 2\r\nok\r\n").equals("VA 2\r\nok\r\n");
                }
            });
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'CLIENT_ERROR bad command line format\r\n', true",
        "'ERROR\r\n', true",
        "'CLIENT_ERROR invalid flag\r\n', false",
        "'SERVER_ERROR out of memory storing object\r\n', false",
        "'NS\r\n', false",
    })
    void onlyAnMsWhoseDataMayHaveRunAsCommandsEndsTheConnection(String answer, boolean ends) throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {
                    if (!line.equals("value")) {
                        connection.send(line.startsWith("ms") ? answer : "HD\r\n");
                    }
                });
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            int before = server.connections();

            assertThat(client.ask("ms a 5\r\nvalue\r\n", answer)).isEqualTo(answer);

            if (ends) {
                Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> server.connections() > before);
            } else {
                assertThat(client.ask("md a\r\n", "HD\r\n")).isEqualTo("HD\r\n");
                assertThat(server.connections()).isEqualTo(before);
            }
        }
    }

    @Test
    void aServerTooOldForMetaIsNotAsked() throws Exception {
        try (ScriptedServer server =
                        ScriptedServer.ofVersion("1.5.22", (line, connection) -> connection.send("HELLO\r\n"));
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            String answers = "ERROR\r\nERROR\r\nERROR\r\nMN\r\n";

            assertThat(client.ask("mg a v\r\nms a 1\r\nx\r\nmd a q\r\nmn\r\n", answers))
                    .isEqualTo(answers);
        }
    }

    @Test
    void aMissingAnswerIsAskedOfTheBackupOnceAndAQuietMissOfItIsStillAMiss() throws Exception {
        try (ScriptedServer silent = ScriptedServer.playing((line, connection) -> connection.close());
                ScriptedServer backup = ScriptedServer.playing(
                        (line, connection) -> connection.send(line.contains("hit") ? "HD\r\n" : "EN\r\n"));
                RunningProxy proxy = RunningProxy.withBackups(List.of(silent.address()), List.of(backup.address()));
                RawClient client = proxy.client()) {
            assertThat(client.ask("mg miss q\r\nmg hit q\r\nmn\r\n", "HD\r\nMN\r\n"))
                    .isEqualTo("HD\r\nMN\r\n");
        }
    }
}
