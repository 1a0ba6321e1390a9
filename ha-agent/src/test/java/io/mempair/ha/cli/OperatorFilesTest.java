package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever file an operator names to whatever command, what is wrong with it is one message in words. */
@Timeout(20)
class OperatorFilesTest {

    @TempDir
    private Path folder;

    /** Commands that read a file, which stands where {@code FILE} is. */
    private static final List<String> READING = List.of(
            "check-config FILE",
            "node --config FILE",
            "witness --config FILE",
            "proxy --config FILE",
            "proxy -c FILE",
            "status --config FILE",
            "reload --config FILE",
            "wait serving --config FILE",
            "import FILE GOOD",
            "import GOOD FILE");

    /** Commands that write one. */
    private static final List<String> WRITING = List.of(
            "key FILE",
            "certs FILE a",
            "debug --recording 0s --output FILE",
            "init FILE --hosts 10.0.0.11,10.0.0.12" + " --address 10.0.0.100/24 --interface eth0 --servers 10.0.0.21");

    static Stream<List<String>> readings() {
        return READING.stream()
                .flatMap(command ->
                        Stream.of("none", "folder", "binary", "list", "latin1").map(file -> List.of(command, file)));
    }

    static Stream<List<String>> writings() {
        return WRITING.stream()
                .flatMap(command ->
                        Stream.of("none/below/deeper", "binary/below").map(file -> List.of(command, file)))
                // these make the folders that are missing
                .filter(pair ->
                        !(pair.get(0).matches("(certs|init) .*") && pair.get(1).startsWith("none")));
    }

    private String messageOf(String command, String name) throws IOException {
        Files.createDirectory(folder.resolve("folder"));
        Files.write(folder.resolve("binary"), new byte[] {0x7f, 'E', 'L', 'F', 0, 1, 2});
        Files.write(folder.resolve("latin1"), new byte[] {'a', (byte) 0xe9, '\n'});
        Files.writeString(folder.resolve("list"), "- one\n- two\n");
        Path good = Files.writeString(folder.resolve("good"), "magent -s m1\nvrrp_instance V {\n}\n");
        Path file = folder.resolve(name);
        StringWriter err = new StringWriter();
        int exitCode = Main.commandLine()
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err))
                .execute(command.replace("FILE", file.toString())
                        .replace("GOOD", good.toString())
                        .split(" "));

        assertThat(exitCode).as(err.toString()).isBetween(1, 2);
        return err.toString();
    }

    @ParameterizedTest
    @MethodSource("readings")
    void whatCannotBeReadIsOneMessageInWords(List<String> of) throws IOException {
        String message = messageOf(of.get(0), of.get(1));

        assertThat(message).contains(folder.resolve(of.get(1)).toString()).doesNotContain("Exception", "java.");
        if (!of.get(0).startsWith("import") || !of.get(1).equals("list")) {
            assertThat(message.lines()).as(message).hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("writings")
    void whatCannotBeWrittenIsOneMessageInWords(List<String> of) throws IOException {
        String message = messageOf(of.get(0), of.get(1));

        assertThat(message).contains(folder.resolve(of.get(1)).toString()).doesNotContain("Exception", "java.");
        assertThat(message.lines()).as(message).hasSize(1);
    }
}
