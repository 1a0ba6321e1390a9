package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A client that chooses servers itself, with one of its options, and our lines for it.
 *
 * @param name      client and option, for reports
 * @param servers   how many servers it is given
 * @param weighted  whether the second of them weighs three times as much
 * @param store     stores keys 0 and up
 * @param key       the text of a key by its number
 * @param lines     keys of the section {@code proxy} beside the servers
 * @param label     what follows a server in our list, such as its name
 */
record PlacementClient(
        String name,
        int servers,
        boolean weighted,
        Store store,
        IntFunction<String> key,
        String lines,
        UnaryOperator<String> label) {

    private static final Path PROGRAMS = Path.of("src/test/clients/placement").toAbsolutePath();

    private static final IntFunction<String> PLAIN = i -> "key-" + i;

    /** Every twentieth has bytes over 127, which count as negative in C. */
    private static final IntFunction<String> MIXED = i -> i % 20 == 0 ? "schl\u00fcssel-" + i : "key-" + i;

    /** Stores so many keys in these servers. */
    interface Store {
        void keys(int count, List<String> servers) throws Exception;
    }

    static Stream<PlacementClient> all() {
        return Stream.of(libmemcached(), php(), scripting(), twemproxy(), node(), java(), numbers())
                .flatMap(clients -> clients);
    }

    private static Stream<PlacementClient> libmemcached() {
        String python = "/usr/bin/python3";
        return Stream.of(
                program("pylibmc", 3, python, "pylibmc_store.py", "", MIXED, "distribution: modula"),
                program(
                        "pylibmc md5",
                        3,
                        python,
                        "pylibmc_store.py",
                        "hash=md5",
                        MIXED,
                        "distribution: modula\n  hash: md5"),
                program(
                        "pylibmc crc",
                        3,
                        python,
                        "pylibmc_store.py",
                        "hash=crc",
                        MIXED,
                        "distribution: modula\n  hash: crc32"),
                program(
                        "pylibmc fnv1_32",
                        3,
                        python,
                        "pylibmc_store.py",
                        "hash=fnv1_32",
                        MIXED,
                        "distribution: modula\n  hash: fnv1-32"),
                program(
                        "pylibmc fnv1a_32",
                        3,
                        python,
                        "pylibmc_store.py",
                        "hash=fnv1a_32",
                        MIXED,
                        "distribution: modula\n  hash: fnv1a-32"),
                program(
                        "pylibmc murmur",
                        3,
                        python,
                        "pylibmc_store.py",
                        "hash=murmur",
                        MIXED,
                        "distribution: modula\n  hash: murmur"),
                program(
                        "pylibmc consistent",
                        3,
                        python,
                        "pylibmc_store.py",
                        "distribution=consistent",
                        MIXED,
                        "distribution: libmemcached"),
                program(
                        "pylibmc consistent md5",
                        3,
                        python,
                        "pylibmc_store.py",
                        "distribution=consistent,hash=md5",
                        MIXED,
                        "distribution: libmemcached\n  hash: md5"),
                program(
                        "pylibmc ketama weighted",
                        3,
                        python,
                        "pylibmc_store.py",
                        "ketama_weighted,hash=md5",
                        MIXED,
                        "distribution: libketama"),
                weighted(
                        "pylibmc ketama weighted, a weight",
                        python,
                        "pylibmc_store.py",
                        "ketama_weighted,hash=md5",
                        MIXED,
                        "distribution: libketama"));
    }

    private static Stream<PlacementClient> php() {
        return Stream.of(
                program("php-memcached", 3, "php", "php_memcached_store.php", "default", PLAIN, "distribution: modula"),
                program(
                        "php-memcached consistent",
                        3,
                        "php",
                        "php_memcached_store.php",
                        "consistent",
                        PLAIN,
                        "distribution: libmemcached"),
                weighted(
                        "php-memcached consistent, a weight",
                        "php",
                        "php_memcached_store.php",
                        "consistent",
                        PLAIN,
                        "distribution: libmemcached"),
                program(
                        "php-memcached libketama",
                        3,
                        "php",
                        "php_memcached_store.php",
                        "libketama",
                        PLAIN,
                        "distribution: libketama"),
                weighted(
                        "php-memcached libketama, a weight",
                        "php",
                        "php_memcached_store.php",
                        "libketama",
                        PLAIN,
                        "distribution: libketama"),
                program(
                        "php-memcached fnv1_64",
                        3,
                        "php",
                        "php_memcached_store.php",
                        "hash=FNV1_64",
                        PLAIN,
                        "distribution: modula\n  hash: fnv1-64"),
                program(
                        "php-memcached fnv1a_64",
                        3,
                        "php",
                        "php_memcached_store.php",
                        "hash=FNV1A_64",
                        PLAIN,
                        "distribution: modula\n  hash: fnv1a-64"),
                program(
                        "php-memcached prefix",
                        3,
                        "php",
                        "php_memcached_store.php",
                        "prefix",
                        i -> "app.key-" + i,
                        "distribution: modula\n  hash-skip-prefix: app."),
                program(
                        "php-memcache consistent crc32",
                        3,
                        "php",
                        "php_memcache_store.php",
                        "consistent,crc32",
                        MIXED,
                        "distribution: php-memcache"),
                weighted(
                        "php-memcache consistent fnv, a weight",
                        "php",
                        "php_memcache_store.php",
                        "consistent,fnv",
                        MIXED,
                        "distribution: php-memcache\n  hash: fnv1a-32"),
                weighted(
                        "php-memcache standard, a weight",
                        "php",
                        "php_memcache_store.php",
                        "standard,crc32",
                        MIXED,
                        "distribution: php-memcache-standard"));
    }

    private static Stream<PlacementClient> scripting() {
        String python = "/usr/bin/python3";
        return Stream.of(
                weighted(
                        "python-memcached, a weight",
                        python,
                        "python_memcache_store.py",
                        "",
                        MIXED,
                        "distribution: php-memcache-standard"),
                program("pymemcache", 3, python, "pymemcache_store.py", "", PLAIN, "distribution: rendezvous"),
                program("dalli", 3, "ruby", "dalli_store.rb", "", MIXED, "distribution: dalli"),
                weighted("dalli, a weight", "ruby", "dalli_store.rb", "", MIXED, "distribution: dalli"),
                weighted(
                        "Cache::Memcached, a weight",
                        "perl",
                        "cache_memcached_store.pl",
                        "",
                        PLAIN,
                        "distribution: modula\n  hash: crc32"));
    }

    private static Stream<PlacementClient> twemproxy() {
        Stream<PlacementClient> hashes = Stream.of(
                        "one_at_a_time",
                        "md5",
                        "crc16",
                        "crc32",
                        "crc32a",
                        "fnv1_64",
                        "fnv1a_64",
                        "fnv1_32",
                        "fnv1a_32",
                        "hsieh",
                        "murmur",
                        "jenkins")
                .map(hash -> nutcracker(
                        3, false, "modula," + hash, "distribution: modula\n  hash: " + hash.replace('_', '-')));
        return Stream.concat(
                hashes,
                Stream.of(
                        nutcracker(3, true, "modula,fnv1a_64", "distribution: modula\n  hash: fnv1a-64"),
                        nutcracker(3, false, "ketama,fnv1a_64", "distribution: libketama\n  hash: fnv1a-64"),
                        nutcracker(3, true, "ketama,md5", "distribution: libketama"),
                        nutcracker(
                                3,
                                false,
                                "ketama,murmur,{}",
                                "distribution: libketama\n  hash: murmur\n  hash-tag: '{}'")));
    }

    private static Stream<PlacementClient> node() {
        return Stream.of(
                program("npm memcached", 3, "node", "npm_memcached_store.js", "", PLAIN, "distribution: hashring"),
                weighted(
                        "npm memcached, a weight",
                        "node",
                        "npm_memcached_store.js",
                        "",
                        PLAIN,
                        "distribution: hashring"),
                program("memjs", 3, "node", "memjs_store.js", "", MIXED, "distribution: modula\n  hash: memjs"));
    }

    private static Stream<PlacementClient> java() {
        UnaryOperator<String> none = server -> "";
        return Stream.of(
                new PlacementClient(
                        "spymemcached",
                        3,
                        false,
                        JavaPlacements::spymemcached,
                        MIXED,
                        "distribution: modula\n  hash: java",
                        none),
                new PlacementClient(
                        "spymemcached ketama",
                        3,
                        false,
                        JavaPlacements::spymemcachedKetama,
                        MIXED,
                        "distribution: spymemcached",
                        none),
                new PlacementClient(
                        "xmemcached",
                        3,
                        false,
                        JavaPlacements::xmemcached,
                        MIXED,
                        "distribution: modula\n  hash: java",
                        none),
                new PlacementClient(
                        "xmemcached ketama",
                        3,
                        false,
                        JavaPlacements::xmemcachedKetama,
                        MIXED,
                        "distribution: xmemcached",
                        none),
                new PlacementClient(
                        "xmemcached ketama, a weight",
                        3,
                        true,
                        JavaPlacements::xmemcachedKetama,
                        MIXED,
                        "distribution: xmemcached",
                        none),
                new PlacementClient("folsom", 3, false, JavaPlacements::folsom, PLAIN, "distribution: folsom", none));
    }

    /** One server, and as many as make the digests of ketama a rounding matter. */
    private static Stream<PlacementClient> numbers() {
        return Stream.of(1, 25, 50)
                .flatMap(n -> Stream.of(
                        program(
                                "pylibmc",
                                n,
                                "/usr/bin/python3",
                                "pylibmc_store.py",
                                "",
                                MIXED,
                                "distribution: modula"),
                        program(
                                "pylibmc ketama weighted",
                                n,
                                "/usr/bin/python3",
                                "pylibmc_store.py",
                                "ketama_weighted,hash=md5",
                                MIXED,
                                "distribution: libketama"),
                        program(
                                "php-memcached consistent",
                                n,
                                "php",
                                "php_memcached_store.php",
                                "consistent",
                                PLAIN,
                                "distribution: libmemcached"),
                        program(
                                "php-memcache consistent crc32",
                                n,
                                "php",
                                "php_memcache_store.php",
                                "consistent,crc32",
                                MIXED,
                                "distribution: php-memcache"),
                        program(
                                "pymemcache",
                                n,
                                "/usr/bin/python3",
                                "pymemcache_store.py",
                                "",
                                PLAIN,
                                "distribution: rendezvous"),
                        program("dalli", n, "ruby", "dalli_store.rb", "", MIXED, "distribution: dalli"),
                        nutcracker(n, false, "ketama,fnv1a_64", "distribution: libketama\n  hash: fnv1a-64"),
                        program(
                                "npm memcached",
                                n,
                                "node",
                                "npm_memcached_store.js",
                                "",
                                PLAIN,
                                "distribution: hashring"),
                        new PlacementClient(
                                "spymemcached ketama",
                                n,
                                false,
                                JavaPlacements::spymemcachedKetama,
                                MIXED,
                                "distribution: spymemcached",
                                server -> ""),
                        new PlacementClient(
                                "folsom",
                                n,
                                false,
                                JavaPlacements::folsom,
                                PLAIN,
                                "distribution: folsom",
                                server -> "")));
    }

    private static PlacementClient program(
            String name,
            int servers,
            String interpreter,
            String file,
            String mode,
            IntFunction<String> key,
            String lines) {
        return new PlacementClient(name, servers, false, storedBy(interpreter, file, mode), key, lines, server -> "");
    }

    private static PlacementClient weighted(
            String name, String interpreter, String file, String mode, IntFunction<String> key, String lines) {
        return new PlacementClient(name, 3, true, storedBy(interpreter, file, mode), key, lines, server -> "");
    }

    private static PlacementClient nutcracker(int servers, boolean weighted, String mode, String lines) {
        boolean tagged = mode.endsWith("{}");
        return new PlacementClient(
                "twemproxy " + mode,
                servers,
                weighted,
                (count, list) -> {
                    var withListener = new ArrayList<>(List.of("127.0.0.1:" + FreePorts.next()));
                    withListener.addAll(list);
                    run("bash", "nutcracker_store.sh", mode, count, withListener);
                },
                i -> MIXED.apply(i) + (tagged ? "-{" + i % 7 + '}' : ""),
                lines,
                server -> "");
    }

    private static Store storedBy(String interpreter, String file, String mode) {
        return (count, servers) -> run(interpreter, file, mode, count, servers);
    }

    private static void run(String interpreter, String file, String mode, int count, List<String> servers)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(
                List.of("timeout", "120", interpreter, PROGRAMS.resolve(file).toString(), mode, String.valueOf(count)));
        command.addAll(servers);
        Path output = Files.createTempFile("placement", ".log");
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment()
                    .put(
                            "NODE_PATH",
                            Path.of("target/npm/node_modules").toAbsolutePath().toString());
            builder.environment().put("LC_ALL", "C.UTF-8");
            Process process = builder.start();
            assertThat(process.waitFor(150, TimeUnit.SECONDS)).as(file).isTrue();
            assertThat(process.exitValue())
                    .as(file + ": " + Files.readString(output))
                    .isZero();
        } finally {
            Files.delete(output);
        }
    }

    void store(int count, List<String> list) throws Exception {
        store.keys(count, list);
    }

    /** Our keys for it, the servers first. */
    String lines(List<String> list) {
        return list.stream()
                        .map(server -> '"' + server + label.apply(server) + '"')
                        .collect(Collectors.joining(", ", "  servers: [", "]\n  "))
                + lines;
    }

    @Override
    public String toString() {
        return name + ", " + servers + (servers == 1 ? " server" : " servers");
    }
}
