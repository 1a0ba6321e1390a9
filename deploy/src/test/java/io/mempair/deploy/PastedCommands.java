package io.mempair.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The commands of a page of the documentation, as a reader would paste them: its blocks of {@code sh}, by heading. */
final class PastedCommands {

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\n(.*?)^```$");

    private final String page;

    PastedCommands(String page) throws IOException {
        this.page = Files.readString(Path.of("../docs/operating", page));
    }

    /** The blocks under a heading, in their order; there must be some. */
    List<String> under(String heading) {
        String section = Stream.of(page.split("(?m)^## "))
                .filter(part -> part.startsWith(heading + '\n'))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no heading '" + heading + "'"));
        List<String> blocks =
                BLOCK.matcher(section).results().map(match -> match.group(1)).toList();
        if (blocks.isEmpty()) {
            throw new AssertionError("no commands under '" + heading + "'");
        }
        return blocks;
    }
}
