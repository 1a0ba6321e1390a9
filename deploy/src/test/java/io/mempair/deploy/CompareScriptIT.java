package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code deploy/bench/compare.sh}, as short as it goes. Whether its figures are good is not judged: a busy machine has others. */
@Timeout(180)
class CompareScriptIT {

    private static final Duration LIMIT = Duration.ofSeconds(150);

    @Test
    void eachProgramHasALineOfFigures() {
        String tables = compare("--rounds", "2", "--seconds", "1", "--prewarm", "1", "g", "h")
                .orFail();

        String alone = tables.substring(tables.indexOf("\ng: 2 servers"), tables.indexOf("\nh: 2 servers"));
        String copies = tables.substring(tables.indexOf("\nh: 2 servers"));
        assertThat(alone)
                .containsPattern("\\| mempair \\| \\d+\\.\\d\\d \\| (-|\\d+\\.\\d\\d) \\|( [1-9]\\d* \\|){5}\n")
                .containsPattern("\\| direct \\| - \\| - \\|( [1-9]\\d* \\|){4} - \\|\n");
        assertThat(copies)
                .containsPattern("\\| mempair \\| \\d+\\.\\d\\d \\| - \\|( [1-9]\\d* \\|){5}\n")
                .doesNotContain("| direct");
    }

    @Test
    void aScenarioThatIsNoneIsNamedBesideThoseThatAre() {
        Run run = compare("z");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("no scenario 'z' (expected: of g a b c d e f h o");
    }

    private static Run compare(String... arguments) {
        String script = Path.of("bench/compare.sh").toAbsolutePath().toString();
        var environment = new HashMap<>(Installation.QUICK);
        environment.put("BENCH_IS_BUILT", "yes");
        return Run.of(
                environment,
                LIMIT,
                Stream.concat(Stream.of(script), Stream.of(arguments)).toList());
    }
}
