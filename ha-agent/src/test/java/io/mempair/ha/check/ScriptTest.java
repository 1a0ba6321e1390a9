package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.config.CheckConfig;
import io.mempair.ha.time.SystemClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real programs. */
@Timeout(60)
class ScriptTest {

    private static final Duration SOON = Duration.ofSeconds(15);

    @TempDir
    private Path folder;

    private final List<List<String>> findings = new CopyOnWriteArrayList<>();
    private Thread thread;

    @AfterEach
    void stop() throws InterruptedException {
        if (thread != null) {
            thread.interrupt();
            thread.join(5_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    private static ScriptRun.RunOutcome run(String shell, Duration timeout) throws InterruptedException {
        return new ScriptRun(List.of("/bin/sh", "-c", shell), timeout, new SystemClock()).once();
    }

    private Script start(String shell, int rise, int fall) {
        Script script = new Script(
                new CheckConfig(
                        "disk",
                        List.of("/bin/sh", "-c", shell),
                        Duration.ofMillis(100),
                        Duration.ofMillis(5_000),
                        rise,
                        fall),
                new SystemClock(),
                findings::add);
        thread = new Thread(script, "script");
        thread.setDaemon(true);
        thread.start();
        return script;
    }

    @Test
    void theExitCodeDecidesAndTheFirstLineIsKept() throws InterruptedException {
        Duration limit = Duration.ofSeconds(5);

        assertThat(run("echo fine", limit)).isEqualTo(new ScriptRun.RunOutcome(true, "good"));
        assertThat(run("echo full >&2; echo more; exit 3", limit))
                .isEqualTo(new ScriptRun.RunOutcome(false, "exit code 3: full"));
        assertThat(new ScriptRun(List.of("/nowhere/x"), limit, new SystemClock())
                        .once()
                        .good())
                .isFalse();
    }

    @Test
    void aProgramThatPrintsWithoutEndDoesNotHang() throws InterruptedException {
        ScriptRun.RunOutcome outcome = run("head -c 1000000 /dev/zero | tr '\\0' x; exit 1", Duration.ofSeconds(10));

        assertThat(outcome.text()).startsWith("exit code 1: xxx").hasSizeLessThan(200);
    }

    @Test
    void aRunThatHangsIsKilledWithAllItStarted() throws Exception {
        Path child = folder.resolve("child");

        ScriptRun.RunOutcome outcome = run(
                "trap '' TERM; sleep 600 & echo $! > " + child + "; echo hanging; wait; sleep 600",
                Duration.ofMillis(700));

        assertThat(outcome).isEqualTo(new ScriptRun.RunOutcome(false, "no end within 700 ms, killed: hanging"));
        long pid = Long.parseLong(Files.readString(child).strip());
        await().atMost(SOON)
                .until(() ->
                        ProcessHandle.of(pid).map(handle -> !handle.isAlive()).orElse(true));
    }

    @Test
    void aCheckFallsAfterItsRunsAndRisesAgain() throws IOException {
        Path good = Files.createFile(folder.resolve("good"));
        Script script = start("test -e " + good + " || { echo gone; exit 1; }", 2, 3);
        await().atMost(SOON).until(() -> findings.equals(List.of(List.of())));

        Files.delete(good);
        await().atMost(SOON).until(() -> findings.size() == 2);
        assertThat(findings.get(1)).containsExactly("check disk: exit code 1: gone");
        assertThat(script.status()).isEqualTo(new Checks.CheckStatus("disk", false, "exit code 1: gone"));

        Files.createFile(good);
        await().atMost(SOON).until(() -> findings.size() == 3);
        assertThat(findings.get(2)).isEmpty();
        await().atMost(SOON).until(() -> script.status().good());
    }

    @Test
    void aCheckThatFlapsFasterThanItsFallStaysGood() {
        Path flag = folder.resolve("flag");
        Path runs = folder.resolve("runs");
        start(
                "echo >> " + runs + "; if test -e " + flag + "; then rm " + flag + "; else : > " + flag
                        + "; exit 1; fi",
                1,
                2);

        await().atMost(SOON).until(() -> Files.exists(runs) && Files.size(runs) >= 12);

        // the first run counts alone and fails; the second makes it good, and then no two in a row fail
        assertThat(findings).hasSize(2);
        assertThat(findings.get(1)).isEmpty();
    }

    @Test
    void anInterruptEndsARunThatIsUnderWay() throws InterruptedException {
        Path begun = folder.resolve("begun");
        start(": > " + begun + "; exec sleep 600", 1, 1);
        await().atMost(SOON).until(() -> Files.exists(begun));

        thread.interrupt();
        thread.join(3_000);

        assertThat(thread.isAlive()).isFalse();
    }
}
