package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.AutoComplete;

@Timeout(20)
class MainTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "proxy                                | mempair proxy: -s: missing (expected: a memcached server",
                "proxy -s 11211                       | mempair proxy: -s: '11211' (expected: host, host:port",
                "proxy -s m1:0                        | mempair proxy: -s: 'm1:0' (expected: host, host:port",
                "proxy -s 127.0.0.1:21001:5           | mempair proxy: -s: '127.0.0.1:21001:5' (expected: host,"
                        + " host:port or [ipv6]:port; a weight",
                "proxy -s 10.77.0.300                 | mempair proxy: -s: '10.77.0.300' (expected: host, host:port or"
                        + " [ipv6]:port; an IPv4",
                "proxy -s m1,m1                       | mempair proxy: -s, -b: m1:11211 twice (expected: each once)",
                "proxy -s m1 -b m2,m2                 | mempair proxy: -s, -b: m2:11211 twice",
                "proxy -s m1,m2 -b m1,m2              | mempair proxy: -s, -b: m1:11211 is in servers too, and would",
                "proxy -s m1 -n 1000001               | mempair proxy: -n: 1000001 (expected: 1..1000000)",
                "proxy -s m1 -n many                  | mempair proxy: -n: 'many' (expected: a whole number)",
                "proxy -s m1 -p 70000                 | mempair proxy: -p: 70000 (expected: 1..65535)",
                "proxy -s m1 -p 0                     | mempair proxy: -p: 0, and no unix socket (expected: -f PATH,"
                        + " or a port",
                "proxy -s m1 -p 0 -l lo -f /tmp/s     | mempair proxy: -l: together with -p 0",
                "proxy -s m1 --unix-socket-mode 0700  | mempair proxy: --unix-socket-mode: does nothing alone"
                        + " (expected: with -f)",
                "proxy -s m1 -f /s --unix-socket-mode 9 | mempair proxy: --unix-socket-mode: '9' (expected: permission"
                        + " bits in octal",
                "proxy -s m1 --loops 65               | mempair proxy: --loops: 65 (expected: 1..64)",
                "proxy -s m1 --gather 201             | mempair proxy: --gather: 201 (expected: auto, off, or",
                "proxy -s m1 --transport kqueue       | mempair proxy: --transport: 'kqueue' (expected: auto, io_uring",
                "proxy -s m1 --failed-read never      | mempair proxy: --failed-read: 'never' (expected: error or"
                        + " miss)",
                "proxy -s m1 --timeout 5              | mempair proxy: --timeout: '5' (expected: a duration",
                "proxy -s m1 --max-value 3g           | mempair proxy: --max-value: 3g (expected: auto, or 1 to 1g)",
                "proxy -s m1 --max-value 2t           | mempair proxy: --max-value: '2t' (expected: bytes",
                "proxy -s m1 --http 9411              | mempair proxy: --http: '9411' (expected: host, host:port",
                "proxy -s m1 --config x.yaml          | mempair proxy: --config: together with flags it sets",
                "proxy -s                             | mempair proxy: -s: no value (expected: HOST",
                "proxy -s m1 --bogus                  | mempair proxy: --bogus: unknown option (see --help for those there are)",
                "proxy -s m1 --loopss=1               | mempair proxy: --loopss: unknown option (did you mean '--loops'?)",
                "status --jsn                         | mempair status: --jsn: unknown option (did you mean '--json'?)",
                "status now                           | mempair status: 'now' is too much (expected: only options)",
                "status --json --json                 | mempair status: --json: a second time (expected: once)",
                "history --last ten                   | mempair history: --last: 'ten' (expected: a whole number)",
                "history --last                       | mempair history: --last: no value (expected: N)",
                "tap --command gett                   | mempair tap: --command: 'gett' (expected: get, set, touch, delete,"
                        + " arithmetic or other; did you mean 'get'?)",
                "statsu                               | mempair: 'statsu': unknown command (did you mean 'status'?)",
                "-x                                   | mempair: -x: unknown option (see --help",
                "node                                 | mempair node: --config: missing (expected: --config FILE)",
                "probe                                | mempair probe: HOST:PORT: missing (expected: where to ask)",
                "probe m1 --every 0ms                 | mempair probe: --every: '0ms' (expected: over 0)",
                "probe m1 --key a,b --for soon        | mempair probe: --for: 'soon' (expected: a duration",
                "bench                                | mempair bench: HOST:PORT: missing (expected: ",
                "bench m1 --connections 0             | mempair bench: --connections: 0 (expected: 1..20000)",
                "bench m1 --gets 101                  | mempair bench: --gets: 101 (expected: 0..100)",
                "bench m1 --rate fast                 | mempair bench: --rate: 'fast' (expected: a whole number)",
                "bench m1 --seconds 0                 | mempair bench: --seconds: 0 (expected: over 0..43200)",
                "bench m1 --every 1s                  | mempair bench: --every: '1s' (expected: seconds, such as 10 or"
                        + " 0.5)",
                "bench m1 --value-size 17m            | mempair bench: --value-size: 17m (expected: 1..16m)",
                "bench m1 --keys 5 --multi-get 6      | mempair bench: --multi-get: 6 (expected: at most --keys, 5)",
                "bench m1 --pid 2147483647            | mempair bench: --pid: 2147483647 (expected: a process",
                "certs                                | mempair certs: DIR: missing (expected: ",
                "certs /tmp                           | mempair certs: NAME: missing (expected: ",
                "key                                  | mempair key: FILE: missing (expected: ",
                "rebalance plan                       | mempair rebalance: FILE: missing (expected: plan FILE",
                "rebalance abort x                    | mempair rebalance: 'x' is too much (expected: abort",
                "rebalance stop                       | mempair rebalance: WHAT: 'stop' (expected: status, plan",
                "frobnicate                           | mempair: 'frobnicate': unknown command (expected: proxy, node,",
            })
    void whatCannotBeRightHasOneMessageWithThePlaceAndTheExpectation(String line, String message) {
        int exitCode = run(line.split(" "));

        assertThat(err.toString()).startsWith(message);
        assertThat(err.toString().lines())
                .as("the message and where to read on")
                .hasSize(2);
        assertThat(exitCode).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "proxy",
                "node",
                "check-config",
                "status",
                "history",
                "why",
                "wait",
                "switchover",
                "standby",
                "online",
                "reload",
                "locate",
                "probe",
                "drill",
                "slow",
                "top",
                "tap",
                "bench",
                "init",
                "import",
                "debug",
                "certs",
                "witness",
                "key"
            })
    void everyCommandHasHelp(String command) {
        int exitCode = command.isEmpty() ? run("--help") : run(command, "--help");

        assertThat(exitCode).isZero();
        assertThat(out.toString()).contains("Usage: mempair " + command);
    }

    @Test
    void theShellOffersWordsAsTheyAreTyped() {
        String script = AutoComplete.bash("mempair", Main.commandLine());

        assertThat(script)
                .contains("WHAT_pos_param_args=(\"serving\" \"standby\" \"refilled\" \"rebalanced\")")
                .contains("WHAT_pos_param_args=(\"status\" \"plan\" \"abort\" \"finish\")")
                .contains("COMMAND_option_args=(\"get\" \"set\"")
                .doesNotContainPattern("_(option|pos_param)_args=\\([^)]*\"[A-Z]");
    }

    @Test
    void everyCommandThatIsShownHasAnExampleThatBeginsWithItsName() {
        Main.commandLine().getSubcommands().forEach((name, command) -> {
            if (!command.getCommandSpec().usageMessage().hidden()) {
                String[] footer = command.getCommandSpec().usageMessage().footer();
                assertThat(String.join("\n", footer)).as(name).containsPattern("Examples?:\n  mempair " + name);
            }
        });
    }

    @Test
    void everyCommandSaysItsOwnExitCodes() {
        Main.commandLine().getSubcommands().forEach((name, command) -> {
            if (!command.getCommandSpec().usageMessage().hidden()) {
                assertThat(command.getCommandSpec().usageMessage().exitCodeList())
                        .as(name)
                        .containsKeys("0", "1", "2");
                assertThat(command.getUsageMessage()).as(name).containsPattern("\\nExit codes:\\n +0 ");
            }
        });
    }

    @Test
    void aKeyIsMadeOnceAndNeverOverwritten(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("pair.key");

        assertThat(run("key", file.toString())).isZero();
        String secret = Files.readString(file);
        assertThat(secret).matches("[0-9a-f]{64}\n");

        assertThat(run("key", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains(file + " is there already");
        assertThat(Files.readString(file)).isEqualTo(secret);
    }

    @Test
    void aGoodFileIsSaidToBeGood(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("p.yaml"), "proxy: {servers: [m1], listen: 127.0.0.1:1}\n");

        assertThat(run("check-config", file.toString())).isZero();
        assertThat(out.toString()).contains("good, a proxy on [127.0.0.1:1]");
    }

    @Test
    void aWitnessIsKnownByItsFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("w.yaml"), "node: {name: w}\ngroup: {bind: 10.0.0.3, peers: [10.0.0.1, 10.0.0.2]}\n");

        assertThat(run("check-config", file.toString())).isZero();
        assertThat(out.toString()).contains("good, witness w");
    }

    @Test
    void onTheNodesOwnHostItsNetworkIsLookedAtToo(@TempDir Path folder) throws IOException {
        String text = """
            node: {name: a}
            group: {bind: 127.0.0.1, peers: [10.0.0.2]}
            virtual-address: {address: 10.0.0.100/24, interface: nope7}
            proxy: {servers: [10.0.0.21]}
            """;
        Path here = Files.writeString(folder.resolve("here.yaml"), text);
        Path elsewhere = Files.writeString(folder.resolve("there.yaml"), text.replace("127.0.0.1", "192.0.2.7"));

        assertThat(run("check-config", here.toString())).isEqualTo(2);
        assertThat(err.toString()).contains(here + ": virtual-address.interface: nope7 is not on this host");
        assertThat(run("check-config", elsewhere.toString())).isZero();
        assertThat(err.toString())
                .contains(elsewhere
                        + ": group.bind: 192.0.2.7 is not an address of this host, so only the file was checked");
    }

    @Test
    void aMistakeInTheFileHidesNothingThatItDoesNotConcern(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("m.yaml"), """
            node: {name: a, priority: 0}
            group: {bind: 127.0.0.1, peers: [10.0.0.2], bogus: 1}
            virtual-address: {address: 10.0.0.100/24, interface: nope7}
            proxy: {servers: ['127.0.0.1:1'], loops: 65}
            """);

        assertThat(run("check-config", file.toString())).isEqualTo(2);
        assertThat(err.toString())
                .contains(file + ":1:27: node.priority", file + ":2:45: group.bogus", file + ":4:42: proxy.loops")
                .contains(file + ": virtual-address.interface: nope7 is not on this host");
        assertThat(run("check-config", "--file-only", file.toString())).isEqualTo(2);
    }

    @Test
    void everyProblemOfAFileIsALineAndTheExitCodeIs2(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("p.yaml"), "proxy: {servers: [m1], loops: 0, timeout: x}\n");

        assertThat(run("check-config", file.toString())).isEqualTo(2);
        assertThat(err.toString().lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).startsWith(file + ":1:"));
    }

    @Test
    void helpIsAWordTooAsManyProgramsHaveIt() {
        assertThat(Main.asked("help")).containsExactly("--help");
        assertThat(Main.asked("help", "status")).containsExactly("status", "--help");
        assertThat(Main.asked("status", "help")).containsExactly("status", "help");
        assertThat(Main.asked()).isEmpty();
    }

    /** As while its name is what is wrong. */
    @Test
    void aNodeWithoutANameIsNotCalledNull(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("m.yaml"), """
            node: {name: 'a b'}
            group: {bind: 192.0.2.7, peers: [192.0.2.8]}
            virtual-address: {address: 192.0.2.100/24, interface: nope7}
            proxy: {servers: [192.0.2.21]}
            """);

        assertThat(run("check-config", file.toString())).isEqualTo(2);
        assertThat(err.toString())
                .contains("run this on the host of this node too")
                .doesNotContain("null");
    }

    @Test
    void aPipeIsReadOnceAndABadNameIsNoReasonToOpenIt(@TempDir Path folder) throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Process writer =
                new ProcessBuilder("sh", "-c", "echo 'proxy: {servers: [m1], listen: 127.0.0.1:1}' >" + pipe).start();

        assertThat(run("check-config", "--file-only", pipe.toString())).isZero();
        assertThat(out.toString()).contains("good, a proxy on [127.0.0.1:1]");
        assertThat(writer.waitFor()).isZero();
        assertThat(run("check-config", "--file-only", "/dev/zero")).isEqualTo(2);
        assertThat(err.toString()).contains("/dev/zero:1:1: is a device (expected: a file)");
    }

    @Test
    void serversThatAreOthersOnEachHostAreAWarning(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("l.yaml"), """
            node: {name: a}
            group: {bind: 192.0.2.7, peers: [192.0.2.8]}
            virtual-address: {address: 192.0.2.100/24, interface: eth0}
            proxy: {servers: [127.0.0.1, localhost]}
            """);

        assertThat(run("check-config", "--file-only", file.toString())).isZero();
        assertThat(err.toString())
                .contains(
                        file + ": proxy.servers, proxy.backups: 127.0.0.1:11211, localhost:11211 is another memcached");
    }

    @Test
    void aNodeThatDoesNotRunIsSaidWithTheSocketThatWasTried(@TempDir Path folder) {
        Path control = folder.resolve("none.sock");

        assertThat(run("status", "--control", control.toString())).isEqualTo(1);
        assertThat(err.toString()).startsWith("mempair status: " + control + ": no node answers");
    }

    @Test
    void theHelpHasEveryCommandOfTheStartScriptAlsoTheOneItCarriesOutItself() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).containsPattern("\n  cache +Makes starts of this program faster");
        assertThat(run("cache")).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("mempair cache: the start script makes the cache (expected: bin/mempair cache)");
    }

    private int run(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }
}
