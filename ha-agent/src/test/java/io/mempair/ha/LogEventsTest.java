package io.mempair.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The events of the log are those of the document. */
class LogEventsTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "reference", "log-events.md");
    private static final Pattern SAID = Pattern.compile("event=([a-z_]+)");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`.*?`) \\|");
    private static final Pattern NAME = Pattern.compile("`([a-z_]+)`");

    @Test
    void theDocumentNamesEveryEventAndNoOther() throws IOException {
        TreeSet<String> documented = new TreeSet<>();
        Matcher row = ROW.matcher(Files.readString(DOCUMENT));
        while (row.find()) {
            Matcher name = NAME.matcher(row.group(1));
            while (name.find()) {
                documented.add(name.group(1));
            }
        }

        assertThat(documented).isEqualTo(said());
    }

    /** A place that follows a letter or another place adds words, no data. */
    private static final Pattern IN_WORDS = Pattern.compile("(?<![=a-z}]|=\"|=\\\\\")\\{}");

    @Test
    void whatTheWordsOfAnEventTellIsAFieldTooForWhoReadsJson() throws IOException {
        List<String> without = new ArrayList<>();
        for (Path file : sources()) {
            String source = Files.readString(file);
            Matcher event = SAID.matcher(source);
            while (event.find()) {
                String statement = source.substring(
                        Math.max(0, source.lastIndexOf("LOG.", event.start())), source.indexOf(";\n", event.end()) + 1);
                long told = IN_WORDS.matcher(statement).results().count();
                long fields = statement.split("\\.addKeyValue\\(", -1).length - 1;
                if (told > fields) {
                    without.add(event.group(1) + " in " + file.getFileName());
                }
            }
        }

        assertThat(without).isEmpty();
    }

    /** A call of the log whose last argument is an exception. */
    private static final Pattern TRACE = Pattern.compile(
            "LOG\\.(?:info|warn|error)\\(\\s*\"([^\"]*)\"[^;]*,\\s*(?:e|t|cause|failure|broken|thrown|problem)\\);|setCause\\(");

    /** What a client or an operator did wrong is told in words, so a trace stands behind our own faults only. */
    @Test
    void noStackTraceIsLoggedButOfFaultsOfOurOwn() throws IOException {
        List<String> traces = new ArrayList<>();
        for (Path file : sources()) {
            TRACE.matcher(Files.readString(file))
                    .results()
                    .map(call -> call.group(1))
                    .filter(words -> words == null
                            || !words.startsWith("internal error") && !words.startsWith("exiting immediately"))
                    .forEach(words -> traces.add(file.getFileName() + ": " + words));
        }

        assertThat(traces).isEmpty();
    }

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Path module : List.of(Path.of("../proxy-core/src/main/java"), Path.of("../ha-agent/src/main/java"))) {
            try (Stream<Path> files = Files.walk(module)) {
                files.filter(path -> path.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        return sources;
    }

    private static TreeSet<String> said() throws IOException {
        TreeSet<String> names = new TreeSet<>();
        for (Path file : sources()) {
            Matcher event = SAID.matcher(Files.readString(file));
            while (event.find()) {
                names.add(event.group(1));
            }
        }
        return names;
    }
}
