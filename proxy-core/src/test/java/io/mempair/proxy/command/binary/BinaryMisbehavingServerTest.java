package io.mempair.proxy.command.binary;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.Packets;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a binary client hears when a server fails, refuses or answers wrongly. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class BinaryMisbehavingServerTest {

    /** The end of every expected answer: the response to the noop that follows each request. */
    private static final String NOOP = "810a00000000000000000000000000020000000000000000 \n";

    private static String ask(RunningProxy proxy, String request) throws Exception {
        try (RawClient client = proxy.client()) {
            return Packets.describe(client.send(Packets.of(request + " opaque=1|noop opaque=2"))
                    .shutdownOutput()
                    .rest());
        }
    }

    private static String failed(String opcode, String status, String text) {
        return "81" + opcode + "00000000" + status + String.format("%08x", text.length()) + "000000010000000000000000 "
                + text.replace(" ", "%20") + "\n" + NOOP;
    }

    @ParameterizedTest
    @CsvSource({
        "get a,         00",
        "getkq a,       0d",
        "set a x,       01",
        "setq a x,      11",
        "appendq a x,   19",
        "delete a,      04",
        "incrq a,       15",
        "touch a,       1c",
        "gatkq a,       24",
    })
    void aServerThatIsDownIsSaidToBeAlsoToAQuietRequest(String request, String opcode) throws Exception {
        ServerAddress nobody = new ServerAddress("127.0.0.1", RunningProxy.freePort());
        try (RunningProxy proxy = RunningProxy.inFrontOf(nobody)) {
            assertThat(ask(proxy, request)).isEqualTo(failed(opcode, "0084", "server unavailable"));
        }
    }

    @ParameterizedTest
    @CsvSource({"flush, 08", "flushq, 18"})
    void aFlushThatMissesAServerIsNoSuccess(String request, String opcode) throws Exception {
        ServerAddress nobody = new ServerAddress("127.0.0.1", RunningProxy.freePort());
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> connection.send("OK\r\n"));
                RunningProxy proxy = RunningProxy.inFrontOf(server.address(), nobody)) {
            assertThat(ask(proxy, request)).isEqualTo(failed(opcode, "0084", "not every server was flushed"));
            assertThat(server.lines()).containsExactly("flush_all 0");
        }
    }

    @Test
    void aServerThatFallsSilentTimesOut() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {});
                RunningProxy proxy = RunningProxy.inFrontOfSilent(server.address())) {
            assertThat(ask(proxy, "get a")).isEqualTo(failed("00", "0084", "server timed out"));
        }
    }

    @Test
    void aServerTooOldForTheTranslationIsAnUnknownCommand() throws Exception {
        try (ScriptedServer server =
                        ScriptedServer.ofVersion("1.6.9", (line, connection) -> connection.send("ERROR\r\n"));
                RunningProxy proxy = RunningProxy.inFrontOf(server.address())) {
            assertThat(ask(proxy, "getq a")).isEqualTo(failed("09", "0081", "Unknown command"));
            assertThat(ask(proxy, "setq a x")).isEqualTo(failed("11", "0081", "Unknown command"));
            assertThat(server.lines()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SERVER_ERROR out of memory storing object, 0082, Out of memory",
        "SERVER_ERROR object too large for cache,   0003, Too large.",
        "SERVER_ERROR disk on fire,                 0084, disk on fire",
        "CLIENT_ERROR bad data chunk,               0004, Invalid arguments",
        "ERROR,                                     0081, Unknown command",
        "NS,                                        0005, Not stored.",
        "EX,                                        0002, Data exists for key.",
        "NF,                                        0001, Not found",
    })
    void whatAServerRefusesIsSaidInStatusAndText(String line, String status, String text) throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((request, connection) -> {
                    connection.data(1);
                    connection.send(line + "\r\n");
                });
                RunningProxy proxy = RunningProxy.inFrontOf(server.address())) {
            assertThat(ask(proxy, "appendq a x")).isEqualTo(failed("19", status, text));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "VA 1 f0 c1 kb\r\nx\r\n",
                "VA 1 f0 c1\r\nx\r\n",
                "VA x f0 c1 ka\r\nx\r\n",
                "VA 99999999999 f0 c1 ka\r\nx\r\n",
                "HD f0 c1 ka\r\n",
                "STORED\r\n",
                "\n",
            })
    void aWrongAnswerToAGetIsNeverPassedOn(String wrong) throws Exception {
        String good = "VA 2 f0 c1 kgood\r\nok\r\n";
        try (ScriptedServer server = ScriptedServer.playing(
                        (line, connection) -> connection.send(line.startsWith("mg good ") ? good : wrong));
                RunningProxy proxy = RunningProxy.inFrontOf(server.address())) {
            assertThat(ask(proxy, "get a")).isEqualTo(failed("00", "0084", "server answered out of protocol"));
            Awaitility.await()
                    .atMost(5, TimeUnit.SECONDS)
                    .until(() -> ask(proxy, "get good").contains("%00%00%00%00ok"));
        }
    }

    @Test
    void aServerThatClosesInTheMiddleOfAValueClosesTheClientRatherThanLie() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {
                    connection.send("VA 10 f0 c1 ka\r\nhalf");
                    connection.close();
                });
                RunningProxy proxy = RunningProxy.inFrontOf(server.address())) {
            assertThat(ask(proxy, "get a")).doesNotContain(NOOP.trim());
        }
    }

    @Test
    void anAnswerInCrumbsIsWhole() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {
                    String answer = line.startsWith("ma")
                            ? "VA 2 c9\r\n42\r\n"
                            : "VA 7 f5 c18446744073709551615 ka W X\r\nhi\r\nho!\r\n";
                    for (int i = 0; i < answer.length(); i++) {
                        connection.send(answer.substring(i, i + 1));
                    }
                });
                RunningProxy proxy = RunningProxy.inFrontOf(server.address())) {
            assertThat(ask(proxy, "getk a"))
                    .isEqualTo("810c0001040000000000000c00000001ffffffffffffffff %00%00%00%05ahi%0d%0aho!\n" + NOOP);
            assertThat(ask(proxy, "incr a"))
                    .isEqualTo("810500000000000000000008000000010000000000000009 %00%00%00%00%00%00%00*\n" + NOOP);
        }
    }
}
