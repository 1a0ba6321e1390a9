package io.mempair.ha.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One hook, with real programs. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class HookTest {

    private static final Duration PLENTY = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private HookScripts scripts;

    @BeforeEach
    void prepare() {
        scripts = new HookScripts(folder);
    }

    private static boolean lives(Path pidFile) throws IOException {
        long pid = Long.parseLong(Files.readString(pidFile).strip());
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // behind the name in brackets; one that nobody asked after yet is a zombie (proc(5))
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (NoSuchFileException ended) {
            return false;
        }
    }

    private static Optional<Thread> reader(String event) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("mempair-hook-" + event))
                .findFirst();
    }

    @Test
    void aHookSeesEveryVariable() throws IOException {
        Path seen = scripts.file("seen");
        Hooks hooks =
                scripts.notification("env | grep ^MEMPAIR_ | sort > " + seen).hooks(PLENTY);

        String problem = hooks.notification(
                Map.of("MEMPAIR_ROLE", "active", "MEMPAIR_OLD_ROLE", "standby", "MEMPAIR_REASON", "b died"));

        assertThat(problem).isNull();
        assertThat(seen).hasContent("""
                MEMPAIR_ADDRESSES=10.0.0.100/24 fd00::64/64
                MEMPAIR_EPOCH=
                MEMPAIR_EVENT=notify
                MEMPAIR_INTERFACE=eth0
                MEMPAIR_NODE=a
                MEMPAIR_OLD_ROLE=standby
                MEMPAIR_PEER=
                MEMPAIR_REASON=b died
                MEMPAIR_ROLE=active
                """);
    }

    @Test
    void aHookThatFailsIsNamedWithItsExitCodeAndItsLastWord() throws IOException {
        Hooks hooks =
                scripts.claim("echo first", "echo 'no such zone' >&2", "exit 7").hooks(PLENTY);

        assertThat(hooks.claim(3)).isEqualTo("hook claim (" + scripts.file("claim") + "): exit code 7: no such zone");
    }

    @Test
    void aHookThatHangsIsKilledTogetherWithItsChild() throws IOException {
        Path child = scripts.file("child");
        Hooks hooks = scripts.fence("trap '' TERM HUP", "sleep 60 & echo $! > " + child, "wait")
                .hooks(Duration.ofSeconds(1));

        assertThat(hooks.fence(4, "b")).contains("no end within 1000 ms, killed");

        await().atMost(Duration.ofSeconds(20)).until(() -> !lives(child));
    }

    @Test
    void whatAHookLeavesBehindWithItsOutputIsEnded() throws IOException {
        Path child = scripts.file("child");
        Hooks hooks = scripts.release("sleep 60 & echo $! > " + child).hooks(PLENTY);

        assertThat(hooks.release(5)).isNull();

        await().atMost(Duration.ofSeconds(20)).until(() -> !lives(child));
    }

    @Test
    void whatIsLeftBehindIsEndedAlsoIfTheOutputIsReadLate() throws Exception {
        Path child = scripts.file("child");
        Path program = scripts.script("late", "sleep 60 & echo $! > " + child);
        Process process = new ProcessBuilder("setsid", program.toString()).start();
        // the JDK has closed its end of the pipe by now
        process.onExit().get(20, TimeUnit.SECONDS);

        new HookOutput(process, PLENTY, "late");

        await().atMost(Duration.ofSeconds(20)).until(() -> !lives(child));
    }

    @Test
    void aChildThatRedirectsItsOutputAfterTheProgramEndedStays() throws Exception {
        Path child = scripts.file("child");
        Path go = scripts.file("go");
        String late =
                "(for i in $(seq 200); do [ -e %s ] && break; sleep 0.05; done; exec sleep 60 > /dev/null 2>&1) & echo $! > %s";
        Path program = scripts.script("late", late.formatted(go, child));
        Process process = new ProcessBuilder("setsid", program.toString()).start();
        process.onExit().get(20, TimeUnit.SECONDS);

        new HookOutput(process, PLENTY, "late");
        await().until(() -> reader("late").map(Thread::getState).equals(Optional.of(Thread.State.TIMED_WAITING)));
        Files.createFile(go);

        await().atMost(Duration.ofSeconds(20)).until(() -> reader("late").isEmpty());
        assertThat(lives(child)).isTrue();
        ProcessHandle.of(Long.parseLong(Files.readString(child).strip())).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void whatIsLeftBehindWithoutTheOutputStays() throws IOException {
        Path child = scripts.file("child");
        Hooks hooks = scripts.release("sleep 60 > /dev/null 2>&1 & echo $! > " + child)
                .hooks(PLENTY);

        assertThat(hooks.release(6)).isNull();

        await().atMost(Duration.ofSeconds(20)).until(() -> reader("release").isEmpty());
        assertThat(lives(child)).isTrue();
        ProcessHandle.of(Long.parseLong(Files.readString(child).strip())).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void aHookThatSaysMuchEndsAndItsBeginningIsKept() throws IOException {
        Hooks hooks = scripts.claim("head -c 10000000 /dev/zero | tr '\\0' x", "exit 1")
                .hooks(PLENTY);

        assertThat(hooks.claim(6)).endsWith("exit code 1: (more is not shown)");
    }

    @Test
    void aHookThatIsNotThereFails() throws IOException {
        Hooks hooks = scripts.claim().hooks(PLENTY);
        Files.delete(scripts.file("claim"));

        assertThat(hooks.claim(7)).contains("exit code 127").contains("No such file");
    }

    @Test
    void anInterruptEndsARunningHook() throws Exception {
        Path child = scripts.file("child");
        Hooks hooks = scripts.claim("echo $$ > " + child, "exec sleep 60").hooks(Duration.ofSeconds(60));
        var thread = new HookThread("test-hooks");
        var run = thread.submit(() -> hooks.claim(8));
        await().atMost(Duration.ofSeconds(5)).until(() -> Files.exists(child) && Files.size(child) > 0);

        run.cancel(true);

        await().atMost(Duration.ofSeconds(20)).until(() -> !lives(child));
        thread.close();
    }
}
