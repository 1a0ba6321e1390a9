package io.mempair.proxy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.testkit.Differential;
import io.mempair.proxy.testkit.NoLeaks;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random scripts, the same to memcached and to the proxy. {@code -Dmempair.differential.seed=N} begins with another seed,
 * {@code -Dmempair.differential.scripts=N} runs more of them.
 */
@ExtendWith(NoLeaks.class)
class RandomSameAsMemcachedIT {

    private static final long SEED = Long.getLong("mempair.differential.seed", 1);
    private static final int SCRIPTS = Integer.getInteger("mempair.differential.scripts", 2_000);

    /** Characters of a script or an answer in a failure message. */
    private static final int MAX_SHOWN = 3_000;

    @Test
    @Timeout(600)
    void anAnswerIsTheSame() throws Exception {
        try (Differential both = new Differential()) {
            runScripts(both, SCRIPTS, true);
        }
    }

    @Test
    @Timeout(600)
    void anAnswerIsTheSameWithSeveralServersBehind() throws Exception {
        try (Differential both = new Differential(3, 0)) {
            runScripts(both, SCRIPTS / 4, false);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 3"})
    @Timeout(600)
    void anAnswerIsTheSameWithTwoCopies(int primaries, int backups) throws Exception {
        try (Differential both = new Differential(primaries, backups)) {
            runScripts(both, SCRIPTS / 4, false);
        }
    }

    private static void runScripts(Differential both, int scripts, boolean casIds) throws Exception {
        for (long seed = SEED; seed < SEED + scripts; seed++) {
            both.flush();
            compare(both, new RandomScripts(seed, casIds).next(), seed);
        }
    }

    private static void compare(Differential both, String script, long seed) throws Exception {
        Differential.ComparedAnswers answers = both.exchange(script, seed);

        assertThat(answers.same()).as(() -> report(seed, script, answers)).isTrue();
    }

    /** The script, and both answers from shortly before they part. */
    private static String report(long seed, String script, Differential.ComparedAnswers answers) {
        int from = Math.max(
                0,
                Arrays.mismatch(
                                answers.mempair().toCharArray(),
                                answers.memcached().toCharArray())
                        - 80);
        return "seed %d%n%s%n--- memcached ...%n%s%n--- mempair ...%n%s%n"
                .formatted(
                        seed,
                        shown(script),
                        shown(answers.memcached().substring(from)),
                        shown(answers.mempair().substring(from)));
    }

    /** Long runs, which only make a failure unreadable, cut short. */
    private static String shown(String bytes) {
        String runs = Pattern.compile("(.)\\1{20,}")
                .matcher(bytes)
                .replaceAll(run -> "<" + run.group(1) + " x " + (run.end() - run.start()) + ">");
        return runs.length() < MAX_SHOWN ? runs : runs.substring(0, MAX_SHOWN) + "...";
    }
}
