package io.mempair.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The commands of a page of the documentation, as a reader would paste them: its blocks of {@code sh}, by heading. */
final class PastedCommands {

    /** The headings of each page whose blocks of {@code sh} {@link QuickStartIT} pastes; {@link DocumentedCommandsTest} looks that there are no others. */
    static final Map<String, Set<String>> RUN = Map.of(
            "quick-start.md",
            Set.of(
                    "Both hosts: install",
                    "The first host: configure and start",
                    "The second host: configure and start",
                    "See that it serves"),
            "install.md",
            Set.of("Upgrade", "Remove"));

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\n(.*?)^```$");

    private final Set<String> run;
    private final String page;

    PastedCommands(String page) throws IOException {
        this.run = RUN.getOrDefault(page, Set.of());
        this.page = Files.readString(Path.of("../docs/operating", page));
    }

    /** The blocks under a heading, in their order; there must be some. */
    List<String> under(String heading) {
        if (!run.contains(heading)) {
            throw new AssertionError("'" + heading + "' is not in PastedCommands.RUN");
        }
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
