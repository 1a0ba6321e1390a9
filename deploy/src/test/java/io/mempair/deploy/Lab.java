package io.mempair.deploy;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The hosts of {@code deploy/lab/lab.sh}, up for one test. What nodes log goes to {@code target/e2e} and is printed when the test fails.
 */
final class Lab implements BeforeEachCallback, AfterEachCallback {

    static final String VIP = "10.77.0.100";
    static final Map<String, String> ADDRESS =
            Map.of("a", "10.77.0.11", "b", "10.77.0.12", "w", "10.77.0.13", "m1", "10.77.0.21", "m2", "10.77.0.22");

    private static final int HTTP_PORT = 9411;

    /** Far above what anything here takes on a busy machine. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final LabHosts hosts;
    private final List<Process> started = new ArrayList<>();
    private final Thread atExit = new Thread(this::down);
    private Path folder = LabHosts.DEPLOY;

    /** One whose standby nodes do not warm up, which would take both processors of a small machine from everything else. */
    Lab() {
        this(false);
    }

    private Lab(boolean warmup) {
        this.hosts = new LabHosts(warmup);
    }

    /** One whose nodes do all that they do by default. */
    static Lab withWarmup() {
        return new Lab(true);
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        folder = LabHosts.DEPLOY
                .resolve("target/e2e")
                .resolve(context.getRequiredTestClass().getSimpleName())
                .resolve(context.getRequiredTestMethod().getName());
        Files.createDirectories(folder);
        try (var old = Files.list(folder)) {
            old.forEach(file -> file.toFile().delete());
        }
        Installation.mempair();
        Runtime.getRuntime().addShutdownHook(atExit);
        lab("up").orFail();
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (context.getExecutionException().isPresent()) {
            System.out.println(lab("status").out());
            try (var logs = Files.list(folder)) {
                for (Path log : logs.sorted().toList()) {
                    System.out.println("--- " + log.getFileName() + '\n' + Files.readString(log));
                }
            }
        }
        down();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    private void down() {
        lab("down");
        started.forEach(Process::destroyForcibly);
        hosts.removeSockets();
    }

    /** Runs {@code lab.sh} with these words. */
    Run lab(String... words) {
        return hosts.lab(Map.of(), words);
    }

    /** Runs a command on a host to its end. */
    Run on(String host, String... words) {
        return hosts.on(host, words);
    }

    /** What a command begins with to run on a host. */
    List<String> entering(String host) {
        return hosts.entering(host);
    }

    /** Runs {@code mempair}, on no host. */
    static Run mempair(String... words) {
        return Run.of(Map.of(), LIMIT, List.of(LabHosts.words(Installation.mempair(), words)));
    }

    /** Starts a command on a host and leaves it running; its output goes to a log named after both. */
    Process start(String host, String what, String... words) {
        Path log = folder.resolve(host + '-' + what + ".log");
        return started(hosts.program(host, words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())));
    }

    private Process started(ProcessBuilder builder) {
        try {
            Process process = builder.start();
            started.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts {@code lab.sh watch}; its output is the caller's to read. */
    Process watch() {
        return started(hosts.script("watch").redirectError(ProcessBuilder.Redirect.DISCARD));
    }

    void startMemcached(String host) {
        startMemcached(host, ADDRESS.get(host), 11211);
    }

    /** Starts an empty memcached at an address of a host and waits until it answers. */
    Process startMemcached(String host, String address, int port, String... options) {
        String[] usual = {"memcached", "-u", "root", "-U", "0", "-l", address, "-p", String.valueOf(port)};
        Process memcached = start(
                host,
                "memcached-" + port,
                Stream.concat(Arrays.stream(usual), Arrays.stream(options)).toArray(String[]::new));
        until(host + " has memcached", () -> tcp(host, address, port, "version").contains("VERSION"));
        return memcached;
    }

    /** Starts {@code mempair proxy} with these flags on a host and waits until it accepts at an address. */
    Process startProxy(String host, String address, int port, String... flags) {
        String[] usual = {Installation.mempair(), "proxy", "-l", address, "-p", String.valueOf(port)};
        Process proxy = start(
                host,
                "proxy",
                Stream.concat(Arrays.stream(usual), Arrays.stream(flags)).toArray(String[]::new));
        until(
                "the proxy serves, or has ended",
                () -> !proxy.isAlive() || tcp(host, address, port, "version").contains("VERSION"));
        if (!proxy.isAlive()) {
            throw new AssertionError("mempair proxy ended with exit code " + proxy.exitValue() + "; see its log");
        }
        return proxy;
    }

    /** Kills a program of the lab as kill -9 does and waits for its end. */
    void kill(Process program) {
        program.destroyForcibly();
        until("a killed program has ended", () -> !program.isAlive());
    }

    /** Starts a node with the lab's own configuration. */
    Process startNode(String host) {
        return startNode(host, Map.of());
    }

    Process startNode(String host, Map<String, String> servers) {
        writeConfig(host, servers);
        return startMember(host, "node", "node", config(host));
    }

    /** Writes a member's file: the lab's own configuration with these variables of {@code lab.sh config}. */
    void writeConfig(String host, Map<String, String> variables) {
        try {
            Files.writeString(config(host), hosts.lab(variables, "config", host).orFail());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts {@code mempair node} or {@code mempair witness} on a host; the process is the JVM itself. */
    Process startMember(String host, String what, String command, Path config) {
        return start(host, what, Installation.mempair(), command, "--config", config.toString());
    }

    /** Two memcached and a pair; node a is active, b is standby. */
    void startPair() {
        startMemcached("m1");
        startMemcached("m2");
        startNodes(Map.of());
    }

    /** Both nodes; node a is active, b is standby. */
    void startNodes(Map<String, String> servers) {
        startNode("a", servers);
        until("a is active", () -> isActive("a"));
        startNode("b", servers);
        until("b is standby", () -> role("b").equals("standby"));
    }

    Path config(String host) {
        return folder.resolve(host + ".yaml");
    }

    /** A folder for sockets and keys, removed with all files in it when the test ends. */
    Path shortLived() {
        return hosts.sockets();
    }

    /** What a program that was started under this name has said. */
    String log(String host, String what) throws IOException {
        return Files.readString(folder.resolve(host + '-' + what + ".log"));
    }

    /** Sends lines to a port from a host and returns the answer; empty when refused. */
    String tcp(String host, String address, int port, String... lines) {
        String text = String.join("\\r\\n", lines) + "\\r\\nquit\\r\\n";
        return on(host, "sh", "-c", "printf '" + text + "' | nc -w 3 " + address + ' ' + port)
                .out();
    }

    /** Connects from a host; whether somebody accepts there shows with the first answer. */
    LabClient connect(String host, String address, int port) {
        String[] carrier = {"nc", "-w", String.valueOf(LabClient.SILENCE_SECONDS), address, String.valueOf(port)};
        try {
            return new LabClient(hosts.script(LabHosts.words("exec", host, carrier))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a memcached on a host holds of these keys, asked from the client's host. */
    Map<String, LabClient.Copy> copies(String host, List<String> keys) {
        try (LabClient client = connect("c", ADDRESS.get(host), 11211)) {
            return client.copies(keys);
        } catch (IOException e) {
            throw new UncheckedIOException("memcached on " + host, e);
        }
    }

    /** Sends memcached commands through the virtual address from the client's host. */
    String throughTheAddress(String... lines) {
        return tcp("c", VIP, 11211, lines);
    }

    /** One page of a node's HTTP face: head and body; empty when nobody answers. */
    String http(String node, String path) {
        return http(node, HTTP_PORT, path);
    }

    /** The same of a process that answers at another port than the usual. */
    String http(String host, int port, String path) {
        return tcp("c", ADDRESS.get(host), port, "GET " + path + " HTTP/1.0", "");
    }

    boolean isActive(String node) {
        return isActive(node, HTTP_PORT);
    }

    boolean isActive(String host, int port) {
        return http(host, port, "/health/active").matches("(?s)HTTP/1\\.[01] 200 .*");
    }

    String role(String node) {
        return role(node, HTTP_PORT);
    }

    String role(String host, int port) {
        var role = Pattern.compile("\"role\":\"([a-z]+)\"").matcher(http(host, port, "/status"));
        return role.find() ? role.group(1) : "none";
    }

    boolean holdsAddress(String node) {
        return holdsAddress(node, VIP);
    }

    boolean holdsAddress(String host, String address) {
        return on(host, "ip", "-brief", "addr", "show", "dev", "eth0").out().contains(address + '/');
    }

    /** Changes the file of a node that runs. */
    void rewrite(String node, UnaryOperator<String> change) {
        try {
            Files.writeString(config(node), change.apply(Files.readString(config(node))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Run reload(String node) {
        return mempair("reload", "--config", config(node).toString());
    }

    Run switchover(String node) {
        return mempair("switchover", "--config", config(node).toString());
    }

    /** Waits until something is so; fails with what it was last. */
    void until(String what, Callable<Boolean> condition) {
        until(what, LIMIT, condition);
    }

    void until(String what, Duration limit, Callable<Boolean> condition) {
        await(what)
                .atMost(limit)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(100, TimeUnit.MILLISECONDS)
                .until(condition);
    }

    /** Waits until something has been so without a break for some time. */
    void untilFor(Duration time, String what, Callable<Boolean> condition) {
        await(what)
                .atMost(LIMIT)
                .during(time)
                .pollInSameThread()
                .pollInterval(100, TimeUnit.MILLISECONDS)
                .until(condition);
    }

    /** Watches the virtual address from the client's host while something happens. */
    Outage outageDuring(String what, Runnable happening) {
        Path log = folder.resolve("c-probe.log");
        Process probe = start("c", "probe", Installation.mempair(), "probe", VIP, "--for", "60s", "--json");
        until("the probe gets an answer", () -> Files.readString(log).contains("probing"));
        happening.run();
        until("the address answers", () -> throughTheAddress("version").startsWith("VERSION"));
        var answered = new AtomicReference<>("");
        probe.destroy();
        until("the probe tells its result", () -> {
            answered.set(Files.readString(log).lines().reduce("", (first, last) -> last));
            return answered.get().startsWith("{");
        });
        log.toFile()
                .renameTo(folder.resolve("c-probe-" + System.identityHashCode(probe) + ".log")
                        .toFile());
        System.out.println("[outage] " + what + ": " + answered.get());
        return Outage.of(answered.get());
    }
}
