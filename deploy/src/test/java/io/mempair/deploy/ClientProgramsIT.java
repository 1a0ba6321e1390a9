package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients of other languages against memcached itself, a proxy in front of two servers, and one with a backup
 * tier. Each program of {@code src/test/clients} checks every answer and tells the first wrong one.
 */
@Timeout(180)
class ClientProgramsIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Path CLIENTS = Path.of("src/test/clients").toAbsolutePath();

    /** deploy/test.sh fetches memjs into this folder. */
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "PYTHONDONTWRITEBYTECODE",
            "1",
            "NODE_PATH",
            Path.of("target/npm/node_modules").toAbsolutePath().toString());

    @RegisterExtension
    private static final ProxiedServers SERVERS = new ProxiedServers();

    /**
     * A client's command; HOST and PORT stand where the address belongs.
     *
     * @param name     client and protocol
     * @param command  program and arguments
     */
    record ClientProgram(String name, List<String> command) {

        /** Runs it to its end. */
        Run run(ServerProgram server) {
            return Run.of(
                    ENVIRONMENT,
                    LIMIT,
                    command.stream()
                            .map(word -> word.equals("HOST") ? "127.0.0.1" : word)
                            .map(word -> word.equals("PORT") ? "" + server.port() : word)
                            .toList());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<ClientProgram> textClients() {
        return Stream.of(
                // not the first python3 of the path: Debian's packages are Debian's Python's
                program("pymemcache text", "/usr/bin/python3", "pymemcache_client.py"),
                program("pylibmc text", "/usr/bin/python3", "pylibmc_client.py", "text"),
                program("php-memcached text", "php", "php_memcached.php", "text"),
                program("php-memcache text", "php", "php_memcache.php"),
                program("PHP sessions, memcached text", "php", "php_session.php", "memcached", "text"),
                program("PHP sessions, memcache text", "php", "php_session.php", "memcache", "text"),
                program("libmemcached tools text", "sh", "libmemcached_tools.sh", "text"),
                new ClientProgram("memccapable text", List.of("memccapable", "-h", "HOST", "-p", "PORT", "-a")));
    }

    static Stream<ClientProgram> binaryClients() {
        return Stream.of(
                program("pylibmc binary", "/usr/bin/python3", "pylibmc_client.py", "binary"),
                program("php-memcached binary", "php", "php_memcached.php", "binary"),
                program("PHP sessions, memcached binary", "php", "php_session.php", "memcached", "binary"),
                program("dalli binary", "ruby", "dalli_client.rb"),
                program("memjs binary", "node", "memjs_client.js"),
                program("libmemcached tools binary", "sh", "libmemcached_tools.sh", "binary"),
                new ClientProgram("memccapable binary", List.of("memccapable", "-h", "HOST", "-p", "PORT", "-b")));
    }

    private static ClientProgram program(String name, String interpreter, String file, String... more) {
        var command = new ArrayList<>(List.of(interpreter, CLIENTS.resolve(file).toString(), "HOST", "PORT"));
        command.addAll(List.of(more));
        return new ClientProgram(name, command);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"textClients", "binaryClients"})
    void aClientHearsWhatItHearsFromMemcached(ClientProgram client) {
        var direct = CompletableFuture.supplyAsync(() -> client.run(SERVERS.memcached()));
        var throughSpread = CompletableFuture.supplyAsync(() -> client.run(SERVERS.spread()));
        var throughCopied = CompletableFuture.supplyAsync(() -> client.run(SERVERS.copied()));

        String expected = direct.join().orFail();
        System.out.println("[client] " + expected.lines().reduce("", (before, last) -> last));
        assertThat(throughSpread.join().orFail()).as("two servers").isEqualTo(expected);
        assertThat(throughCopied.join().orFail()).as("primary and backup").isEqualTo(expected);
    }
}
