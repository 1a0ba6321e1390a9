package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.ConfigReader;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.server.ProxyServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What real clients stored in servers they choose themselves is found through the proxy, key by key, with the lines of
 * {@code docs/reference/placement.md}.
 */
@Timeout(300)
class PlacementIT {

    private static final int KEYS = 2_000;
    private static final int MOST_SERVERS = 50;

    private static final List<Process> MEMCACHED = new ArrayList<>();
    private static final List<String> SERVERS = new ArrayList<>();
    private static final int PORT = ReservedPorts.next();

    private static ProxyServer proxy;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startServers() throws IOException {
        for (int i = 1; i <= MOST_SERVERS; i++) {
            // addresses of this test alone, because some clients leave out the port where it is memcached's own
            String host = "127.8.3." + i;
            int port = i == 1 ? 11_211 : ReservedPorts.next();
            SERVERS.add(host + ':' + port);
            MEMCACHED.add(new ProcessBuilder(
                            "memcached",
                            "-u",
                            "root",
                            "-l",
                            host,
                            "-p",
                            String.valueOf(port),
                            "-U",
                            "0",
                            "-t",
                            "1",
                            "-m",
                            "8")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start());
        }
        for (String server : SERVERS) {
            Background.until(server + " answers", () -> answers(server));
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (proxy != null) {
            proxy.close();
        }
        for (Process process : MEMCACHED) {
            process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        }
    }

    private static boolean answers(String server) {
        try {
            return ask(server, "version\r\n", 1).get(0).startsWith("VERSION");
        } catch (IOException e) {
            return false;
        }
    }

    /** Servers as the client gets them; with a weight, the second weighs three times as much as the others. */
    private static List<String> servers(String number) {
        boolean weighted = number.endsWith("w");
        int count = Integer.parseInt(weighted ? number.substring(0, number.length() - 1) : number);
        return IntStream.range(0, count)
                .mapToObj(i -> SERVERS.get(i) + (weighted && i == 1 ? ":3" : ""))
                .toList();
    }

    /** The columns: servers, {@code w} for one that weighs more; program; its option; the form of keys; our lines. */
    @ParameterizedTest(name = "{1} {2}, {0} servers")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    3  | pylibmc_store.py         | default                          | mixed | distribution: modula
                    3  | pylibmc_store.py         | hash=md5                         | mixed | distribution: modula, hash: md5
                    3  | pylibmc_store.py         | hash=crc                         | mixed | distribution: modula, hash: crc32
                    3  | pylibmc_store.py         | hash=fnv1_32                     | mixed | distribution: modula, hash: fnv1-32
                    3  | pylibmc_store.py         | hash=fnv1a_32                    | mixed | distribution: modula, hash: fnv1a-32
                    3  | pylibmc_store.py         | hash=murmur                      | mixed | distribution: modula, hash: murmur
                    3  | pylibmc_store.py         | distribution=consistent          | mixed | distribution: libmemcached
                    3  | pylibmc_store.py         | distribution=consistent,hash=md5 | mixed | distribution: libmemcached, hash: md5
                    3  | pylibmc_store.py         | ketama_weighted,hash=md5         | mixed | distribution: libketama
                    3w | pylibmc_store.py         | ketama_weighted,hash=md5         | mixed | distribution: libketama
                    3  | php_memcached_store.php  | default                          | plain | distribution: modula
                    3  | php_memcached_store.php  | consistent                       | plain | distribution: libmemcached
                    3w | php_memcached_store.php  | consistent                       | plain | distribution: libmemcached
                    3  | php_memcached_store.php  | libketama                        | plain | distribution: libketama
                    3w | php_memcached_store.php  | libketama                        | plain | distribution: libketama
                    3  | php_memcached_store.php  | hash=FNV1_64                     | plain | distribution: modula, hash: fnv1-64
                    3  | php_memcached_store.php  | hash=FNV1A_64                    | plain | distribution: modula, hash: fnv1a-64
                    3  | php_memcached_store.php  | prefix                           | app.  | distribution: modula, hash-skip-prefix: app.
                    3  | php_session_store.php    | ketama                           | memc.sess.key. | distribution: libmemcached, hash-skip-prefix: memc.sess.key.
                    3  | php_session_store.php    | ketama_weighted                  | memc.sess.key. | distribution: libketama, hash-skip-prefix: memc.sess.key.
                    3w | php_session_store.php    | ketama_weighted                  | memc.sess.key. | distribution: libketama, hash-skip-prefix: memc.sess.key.
                    3  | php_memcache_store.php   | consistent,crc32                 | mixed | distribution: php-memcache
                    3w | php_memcache_store.php   | consistent,fnv                   | mixed | distribution: php-memcache, hash: fnv1a-32
                    3w | php_memcache_store.php   | standard,crc32                   | mixed | distribution: php-memcache-standard
                    3w | python_memcache_store.py | default                          | mixed | distribution: php-memcache-standard
                    3  | pymemcache_store.py      | default                          | plain | distribution: rendezvous
                    3  | dalli_store.rb           | default                          | mixed | distribution: dalli
                    3w | dalli_store.rb           | default                          | mixed | distribution: dalli
                    3w | cache_memcached_store.pl | default                          | plain | distribution: modula, hash: crc32
                    3  | nutcracker_store.py      | modula,one_at_a_time             | mixed | distribution: modula
                    3  | nutcracker_store.py      | modula,md5                       | mixed | distribution: modula, hash: md5
                    3  | nutcracker_store.py      | modula,crc16                     | mixed | distribution: modula, hash: crc16
                    3  | nutcracker_store.py      | modula,crc32                     | mixed | distribution: modula, hash: crc32
                    3  | nutcracker_store.py      | modula,crc32a                    | mixed | distribution: modula, hash: crc32a
                    3  | nutcracker_store.py      | modula,fnv1_64                   | mixed | distribution: modula, hash: fnv1-64
                    3w | nutcracker_store.py      | modula,fnv1a_64                  | mixed | distribution: modula, hash: fnv1a-64
                    3  | nutcracker_store.py      | modula,fnv1_32                   | mixed | distribution: modula, hash: fnv1-32
                    3  | nutcracker_store.py      | modula,fnv1a_32                  | mixed | distribution: modula, hash: fnv1a-32
                    3  | nutcracker_store.py      | modula,hsieh                     | mixed | distribution: modula, hash: hsieh
                    3  | nutcracker_store.py      | modula,murmur                    | mixed | distribution: modula, hash: murmur
                    3  | nutcracker_store.py      | modula,jenkins                   | mixed | distribution: modula, hash: jenkins
                    3  | nutcracker_store.py      | ketama,fnv1a_64                  | mixed | distribution: libketama, hash: fnv1a-64
                    3w | nutcracker_store.py      | ketama,md5                       | mixed | distribution: libketama
                    3  | nutcracker_store.py      | ketama,murmur,{}                 | tagged | distribution: libketama, hash: murmur, hash-tag: '{}'
                    3  | npm_memcached_store.js   | default                          | plain | distribution: hashring
                    3w | npm_memcached_store.js   | default                          | plain | distribution: hashring
                    3  | memjs_store.js           | default                          | mixed | distribution: modula, hash: memjs
                    3  | java                     | spymemcached                     | mixed | distribution: modula, hash: java
                    3  | java                     | spymemcached ketama              | mixed | distribution: spymemcached
                    3  | java                     | xmemcached                       | mixed | distribution: modula, hash: java
                    3  | java                     | xmemcached ketama                | mixed | distribution: xmemcached
                    3w | java                     | xmemcached ketama                | mixed | distribution: xmemcached
                    3  | java                     | folsom                           | plain | distribution: folsom
                    """)
    void everyKeyIsFoundInThreeServers(String number, String store, String mode, String keys, String lines)
            throws Exception {
        everyKeyIsFound(servers(number), new PlacementClient(store, mode), keys, lines);
    }

    /** One server, where nothing is hashed, and as many as make the digests of ketama a matter of rounding. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    pylibmc_store.py        | default                  | mixed | distribution: modula
                    pylibmc_store.py        | ketama_weighted,hash=md5 | mixed | distribution: libketama
                    php_memcached_store.php | consistent               | plain | distribution: libmemcached
                    php_memcache_store.php  | consistent,crc32         | mixed | distribution: php-memcache
                    pymemcache_store.py     | default                  | plain | distribution: rendezvous
                    dalli_store.rb          | default                  | mixed | distribution: dalli
                    nutcracker_store.py     | ketama,fnv1a_64          | mixed | distribution: libketama, hash: fnv1a-64
                    npm_memcached_store.js  | default                  | plain | distribution: hashring
                    java                    | spymemcached ketama      | mixed | distribution: spymemcached
                    java                    | folsom                   | plain | distribution: folsom
                    """)
    void everyKeyIsFoundInOneAndInManyServers(String store, String mode, String keys, String lines) throws Exception {
        for (String number : List.of("1", "25", "50")) {
            everyKeyIsFound(servers(number), new PlacementClient(store, mode), keys, lines);
        }
    }

    private void everyKeyIsFound(List<String> servers, PlacementClient client, String keys, String lines)
            throws Exception {
        for (String server : SERVERS) {
            ask(server, "flush_all\r\n", 1);
        }

        client.store(KEYS, servers);

        assertThat(misses(keys, "servers: ['" + String.join("', '", servers) + "'], " + lines))
                .as("%s servers, %s", servers.size(), lines)
                .isZero();
    }

    private long misses(String keys, String lines) throws Exception {
        Path file = Files.writeString(
                folder.resolve("proxy.yaml"), "proxy: {listen: '127.0.0.1:" + PORT + "', " + lines + "}\n");
        proxyWith(ConfigReader.readProxy(file).proxy());
        var questions = new StringBuilder();
        for (int i = 0; i < KEYS; i++) {
            questions.append("mg ").append(PlacementClient.key(keys, i)).append(" s\r\n");
        }
        return ask("127.0.0.1:" + PORT, questions.toString(), KEYS).stream()
                .filter(answer -> !answer.startsWith("HD"))
                .count();
    }

    /** One proxy, which is told of other servers and another placement each time. */
    private static void proxyWith(ProxyConfig config) throws Exception {
        if (proxy == null) {
            proxy = new ProxyServer(config);
            proxy.start().toCompletableFuture().get(30, TimeUnit.SECONDS);
            proxy.open().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } else {
            proxy.reload(config).toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }

    /** So many lines of the answer. */
    private static List<String> ask(String server, String questions, int lines) throws IOException {
        int colon = server.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(server.substring(0, colon), Integer.parseInt(server.substring(colon + 1))),
                    10_000);
            socket.setSoTimeout(30_000);
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            socket.getOutputStream().write(questions.getBytes(StandardCharsets.UTF_8));
            var answers = new ArrayList<String>();
            for (int i = 0; i < lines; i++) {
                answers.add(in.readLine());
            }
            return answers;
        }
    }
}
