package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MagentFlagsTest {

    @Test
    void everyFlagThatMeansNothingHereSaysWhatToUseInstead() {
        assertThat(explained("-i", "20", "-u", "500", "-g", "501", "-D").lines())
                .hasSize(4)
                .allSatisfy(line -> assertThat(line).startsWith("mempair proxy: -"));
    }

    @Test
    void withoutThemNothingIsSaid() {
        assertThat(explained()).isEmpty();
    }

    private static String explained(String... arguments) {
        var flags = new MagentFlags();
        var text = new StringWriter();
        CommandLine.populateCommand(flags, arguments);
        flags.explain(new PrintWriter(text));
        return text.toString();
    }
}
