package io.mempair.ha.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that would take the stack or the heap of its reader is refused with its place and the bound. */
@Timeout(60)
class YamlTreeTest extends ConfigFiles {

    @ParameterizedTest
    @ValueSource(ints = {33, 2_000, 20_000, 400_000})
    void listsInEachOtherAreBounded(int depth) throws IOException {
        Path path = file("a: " + "[".repeat(depth) + "]".repeat(depth) + "\n" + MINIMAL);

        assertThat(refusal(path))
                .matches("(?s)" + path + ":1:\\d+: over 32 lists and mappings in each other \\(expected: .*");
    }

    @Test
    void linesThatAreIndentedFurtherAndFurtherAreBounded() throws IOException {
        String mappings =
                IntStream.range(0, 1_000).mapToObj(i -> " ".repeat(i) + "a:\n").collect(Collectors.joining());
        String lists = "a:\n" + "- ".repeat(10_000) + "a\n";

        assertThat(refusal(file(mappings))).contains(":33:33: over 32 lists and mappings in each other");
        assertThat(refusal(file(lists))).contains("over 32 lists and mappings in each other");
        assertThat(refusal(file("? ".repeat(10_000) + "a\n"))).contains("over 32 lists and mappings");
    }

    @Test
    void aWideFileIsRefusedWithItsSizeOrTheNumberOfItsValues() throws IOException {
        assertThat(refusal(file("a: [" + "[],".repeat(1_390_000) + "]\n" + MINIMAL)))
                .endsWith(":1:1: has 4170158 bytes (expected: a text file of at most 1m)");
        assertThat(refusal(file("a: [" + "[],".repeat(300_000) + "]\n" + MINIMAL)))
                .contains("over 20000 keys and values before this (expected: ");
    }

    /** The reader's own limits are none beside ours. */
    @Test
    void aLongFileWithFewValuesIsRead() throws Exception {
        String comments = ("# " + "x".repeat(97) + '\n').repeat(10_000);

        assertThat(ConfigReader.readNode(file(comments + MINIMAL)).name()).isEqualTo("a");
    }

    @Test
    void aPoolWithAsManyServersAsAPairCanHaveIsRead() throws Exception {
        String servers = IntStream.range(0, 512)
                .mapToObj(i -> "{address: 'server-with-a-long-name-" + i + ":11211', name: n" + i + ", weight: 2}")
                .collect(Collectors.joining(",\n  "));
        Path path = file(MINIMAL.replace("[10.77.0.21]", "[" + servers + "], distribution: libketama"));

        assertThat(ConfigReader.readNode(path).proxy().pool().primaries()).hasSize(512);
    }

    @Test
    void aFileWithThousandsOfProblemsTellsTheFirstOfThem() throws IOException {
        Path path = file(MINIMAL
                + IntStream.range(0, 9_000)
                        .mapToObj(i -> "unknown" + i + ": 1\n")
                        .collect(Collectors.joining()));

        assertThat(catchThrowableOfType(ConfigException.class, () -> ConfigReader.readNode(path))
                        .problems())
                .hasSize(Problems.MAX_SHOWN + 1)
                .endsWith(path + ": 8900 more problems (expected: a configuration of mempair)");
    }

    @Test
    void aLongValueIsToldByItsEnds() throws IOException {
        Path path = file(MINIMAL.replace("10.77.0.21", "x y".repeat(200_000)));

        assertThat(refusal(path)).contains(" [...] ").hasSizeLessThan(Problems.MAX_CHARACTERS + 200);
    }

    /** Nobody is told forty names for one that is missing. */
    @Test
    void aMissingSectionIsToldWithWhatItCannotBeWithout() throws IOException {
        assertThat(refusal(file("node: {name: a}\nproxy: 5\n")).lines())
                .containsExactly(
                        folder.resolve("node.yaml")
                                + ":1:1: group: missing (expected: a mapping, with at least the keys"
                                + " bind and peers)",
                        folder.resolve("node.yaml")
                                + ":1:1: virtual-address: missing (expected: a mapping, with at least"
                                + " the keys address and interface)",
                        folder.resolve("node.yaml") + ":2:8: proxy: '5' (expected: a mapping with at least the key"
                                + " servers)");
    }

    @Test
    void aFileInWhichEverythingIsCommentedOutSaysSo() throws IOException {
        assertThat(refusal(file("# node: {name: a}\n# proxy:\n")))
                .endsWith(":1:1: everything in it is commented out (expected: the sections node, group, virtual-address"
                        + " and proxy of a node, or proxy alone; `mempair init` writes the files of a pair)");
        assertThat(refusal(file("\n"))).contains(":1:1: empty (expected: the sections node, group, ");
    }
}
