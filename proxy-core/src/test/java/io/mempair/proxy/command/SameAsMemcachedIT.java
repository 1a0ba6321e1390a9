package io.mempair.proxy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.testkit.Differential;
import io.mempair.proxy.testkit.NoLeaks;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The hand-chosen cases of {@code same-as-memcached}: memcached's answer is the proxy's answer, byte for byte. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class SameAsMemcachedIT {

    private static Differential both;

    @BeforeAll
    static void start() throws Exception {
        both = new Differential();
    }

    @AfterAll
    static void stop() {
        both.close();
    }

    static List<String> text() throws IOException {
        return Differential.cases("text.txt");
    }

    static List<String> meta() throws IOException {
        return Differential.cases("meta.txt");
    }

    @ParameterizedTest
    @MethodSource({"text", "meta"})
    void anAnswerIsTheSame(String script) throws Exception {
        Differential.ComparedAnswers answers = both.run(script);

        assertThat(answers.mempair()).isEqualTo(answers.memcached());
    }

    static List<String> differences() throws IOException {
        return Differential.cases("differences.txt");
    }

    @ParameterizedTest
    @MethodSource("differences")
    void whereItDiffersItAnswersAsDocumented(String line) throws Exception {
        String[] parts = line.split(" => ", -1);

        try (Differential own = new Differential()) {
            Differential.ComparedAnswers answers = own.run(parts[0]);

            assertThat(answers.mempair()).isEqualTo(Differential.bytesOf(parts[1]) + own.version());
            assertThat(answers.memcached()).isNotEqualTo(answers.mempair());
        }
    }
}
