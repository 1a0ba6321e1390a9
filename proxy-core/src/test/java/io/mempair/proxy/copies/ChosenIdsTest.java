package io.mempair.proxy.copies;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In which words a write reaches two servers that take ids, and those of which one does not. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class ChosenIdsTest {

    private static final String NEW = "1.6.27";
    private static final String OLD = "1.6.26";

    /** The id the proxy made, at the end of a line. */
    private static final Pattern MADE = Pattern.compile(" E([0-9]{19})$");

    /** Takes every data block, and answers each line with what {@code answers} has for its first word. */
    private static ScriptedServer.ServerScript answering(String meta, String classic) {
        return (line, connection) -> {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "ms" -> connection.data(Integer.parseInt(words[2]));
                case "set", "add", "replace", "append", "prepend", "cas" -> connection.data(Integer.parseInt(words[4]));
                default -> {}
            }
            connection.send((words[0].length() == 2 ? meta : classic) + "\r\n");
        };
    }

    /** A proxy in front of two servers, and a client of it. */
    private record Scene(ScriptedServer primary, ScriptedServer backup, RunningProxy proxy, RawClient client)
            implements AutoCloseable {

        static Scene of(String versionOfPrimary, String versionOfBackup, String meta, String classic) throws Exception {
            ScriptedServer primary = ScriptedServer.ofVersion(versionOfPrimary, answering(meta, classic));
            ScriptedServer backup = ScriptedServer.ofVersion(versionOfBackup, answering("HD", classic));
            RunningProxy proxy = RunningProxy.withBackups(List.of(primary.address()), List.of(backup.address()));
            return new Scene(primary, backup, proxy, proxy.client());
        }

        String ask(String request) throws IOException {
            return client.send(request.replace("|", "\r\n")).line();
        }

        @Override
        public void close() throws Exception {
            client.close();
            proxy.close();
            primary.close();
            backup.close();
        }
    }

    private static String withoutId(List<String> lines) {
        assertThat(lines).hasSize(1);
        return MADE.matcher(lines.get(0)).replaceFirst(" E#");
    }

    private static long idIn(List<String> lines) {
        Matcher made = MADE.matcher(lines.get(0));
        assertThat(made.find()).as(lines.get(0)).isTrue();
        return Long.parseLong(made.group(1));
    }

    @ParameterizedTest
    @CsvSource({
        "set a 0 0 1|x|, ms a 1 F0 T0 E#, ms a 1 F0 T0 E#",
        "set  a 7  60 1|x|, ms a 1 F7 T60 E#, ms a 1 F7 T60 E#",
        "set a 4294967295 -1 0||, ms a 0 F4294967295 T-1 E#, ms a 0 F4294967295 T-1 E#",
        "set a 007 0060 1|x|, ms a 1 F7 T60 E#, ms a 1 F7 T60 E#",
        "set a 0 2147483647 1|x|, ms a 1 F0 T2147483647 E#, ms a 1 F0 T2147483647 E#",
        "add a 0 60 1|x|, ms a 1 F0 T60 ME E#, ms a 1 F0 T60 E#",
        "replace a 1 60 1|x|, ms a 1 F1 T60 MR E#, ms a 1 F1 T60 E#",
        "append a 5 60 1|x|, ms a 1 MA E#, ms a 1 MA E#",
        "prepend a 5 60 1|x|, ms a 1 MP E#, ms a 1 MP E#",
        "cas a 5 60 1 5000000000000000000|x|, ms a 1 F5 T60 C5000000000000000000 E#, ms a 1 F5 T60 E#",
        "cas a 5 60 1 17|x|, ms a 1 F5 T60 C18446744073709551615 E#, ms a 1 F5 T60 E#",
    })
    void aClassicCommandIsSaidInMetaWithOneIdForBoth(String request, String toPrimary, String toBackup)
            throws Exception {
        try (Scene scene = Scene.of(NEW, NEW, "HD", "ERROR")) {
            assertThat(scene.ask(request)).isEqualTo("STORED");

            assertThat(withoutId(scene.primary().lines())).isEqualTo(toPrimary);
            assertThat(withoutId(scene.backup().lines())).isEqualTo(toBackup);
            assertThat(idIn(scene.primary().lines()))
                    .isEqualTo(idIn(scene.backup().lines()))
                    .isGreaterThanOrEqualTo(1L << 62);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ms a 1|x|, ms a 1 E#, ms a 1 E#",
        "ms YQ== 1 q T60 k c b|x|, ms YQ== 1 T60 k c b E#, ms YQ== 1 T60 k c b E#",
        "ms a 1 ME|x|, ms a 1 ME E#, ms a 1 E#",
        "ms a 1 MA O7|x|, ms a 1 MA O7 E#, ms a 1 MA O7 E#",
        "ms a 1 C5000000000000000000|x|, ms a 1 C5000000000000000000 E#, ms a 1 E#",
        "ms a 1 I C17|x|, ms a 1 I C0 E#, md a",
        "md a I T60|, md a I T60 E#, md a I T60 E#",
        "md a x|, md a x E#, md a x E#",
        "ms a 1 E77|x|, ms a 1 E77, ms a 1 E77",
        "ms a 1 C17 E77|x|, ms a 1 C18446744073709551615 E77, ms a 1 E77",
        "md a|, md a, md a",
        "md a C17|, md a C18446744073709551615, md a",
        "ma a|, ma a, ma a",
        "ma a C17|, ma a C18446744073709551615, ma a",
        "ma a E77|, ma a E77, ma a E77",
    })
    void aMetaWriteGetsAnIdUnlessItMakesNoneOrHasItsOwn(String request, String toPrimary, String toBackup)
            throws Exception {
        try (Scene scene = Scene.of(NEW, NEW, "HD", "ERROR")) {
            scene.ask(request + "mn|");

            assertThat(withoutId(scene.primary().lines())).isEqualTo(toPrimary);
            assertThat(withoutId(scene.backup().lines())).isEqualTo(toBackup);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HD, set a 0 0 1|x|, STORED",
        "NS, add a 0 0 1|x|, NOT_STORED",
        "NS, append a 0 0 1|x|, NOT_STORED",
        "EX, cas a 0 0 1 5|x|, EXISTS",
        "NF, cas a 0 0 1 5|x|, NOT_FOUND",
        "SERVER_ERROR out of memory storing object, cas a 0 0 1 5|x|, SERVER_ERROR out of memory storing object",
        "SERVER_ERROR object too large for cache, set a 0 0 1|x|, SERVER_ERROR object too large for cache",
    })
    void theAnswerIsInTheWordsOfTheClassicCommand(String meta, String request, String answer) throws Exception {
        try (Scene scene = Scene.of(NEW, NEW, meta, "ERROR")) {
            assertThat(scene.ask(request)).isEqualTo(answer);
        }
    }

    @Test
    void aClientThatWantsNoAnswerHasNone() throws Exception {
        try (Scene scene = Scene.of(NEW, NEW, "HD", "ERROR")) {
            assertThat(scene.ask("set a 0 0 1 noreply|x|cas a 0 0 1 5 noreply|x|mn|"))
                    .isEqualTo("MN");
        }
    }

    @ParameterizedTest
    @CsvSource({OLD + ',' + NEW, NEW + ',' + OLD, OLD + ',' + OLD, NEW + ",mempair"})
    void aPairOfWhichOneServerTakesNoIdsIsWrittenAsEver(String versionOfPrimary, String versionOfBackup)
            throws Exception {
        try (Scene scene = Scene.of(versionOfPrimary, versionOfBackup, "HD", "STORED")) {
            assertThat(scene.ask("cas a 0 0 1 5000000000000000000|x|")).isEqualTo("STORED");

            assertThat(scene.primary().lines()).containsExactly("cas a 0 0 1 5000000000000000000");
            assertThat(scene.backup().lines()).containsExactly("set a 0 0 1");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set a 0 2147483648 1|x|",
                "set a 0 -2147483649 1|x|",
                "add a 0 99999999999 1|x|",
            })
    void aLifetimeThatMetaCannotSayIsSaidClassic(String request) throws Exception {
        try (Scene scene = Scene.of(NEW, NEW, "ERROR", "STORED")) {
            assertThat(scene.ask(request)).isEqualTo("STORED");

            assertThat(scene.primary().lines()).containsExactly(request.substring(0, request.indexOf('|')));
        }
    }

    @ParameterizedTest
    @CsvSource({"add, 1048500, add", "append, 1048575, append", "set, 1048575, ms", "add, 1000000, ms"})
    void whatMayBeTooLongIsSaidAsWhatKeepsTheOldValueThen(String command, int bytes, String word) throws Exception {
        try (Scene scene = Scene.of(NEW, NEW, "HD", "STORED")) {
            String answer = scene.ask(command + " a 0 0 " + bytes + '|' + "x".repeat(bytes) + '|');

            assertThat(answer).isEqualTo("STORED");
            assertThat(scene.primary().lines().get(0)).startsWith(word + ' ');
        }
    }

    @Test
    void idsRiseFromWriteToWrite() throws Exception {
        try (Scene scene = Scene.of(NEW, NEW, "HD", "ERROR")) {
            scene.ask("set a 0 0 1|x|add a 0 0 1|x|ms a 1|x|mn|");
            scene.client().line();
            scene.client().line();

            List<Long> ids = scene.primary().lines().stream()
                    .map(line -> idIn(List.of(line)))
                    .toList();
            assertThat(ids).hasSize(3).isSorted().doesNotHaveDuplicates();
        }
    }
}
