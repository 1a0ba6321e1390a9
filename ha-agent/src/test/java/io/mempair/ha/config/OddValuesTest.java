package io.mempair.ha.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever somebody writes as the value of a key is taken or is a problem with its place, never an exception in the words of Java. */
@Timeout(300)
class OddValuesTest {

    private static final long SEED = 15;

    private static final List<String> ODD = List.of(
            "",
            "''",
            "' '",
            "null",
            "~",
            "0",
            "-1",
            "1",
            "70000",
            "99999999999999999999",
            "1e9",
            "0x10",
            "1g",
            "2g",
            "999999999999g",
            "1us",
            "999999999m",
            "true",
            "off",
            "none",
            "auto",
            "gateway",
            "localhost",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "127.0.0.1",
            "10.0.0.1",
            "10.0.0.1:0",
            "10.0.0.1:70000",
            "10.0.0.1:99999999999",
            "10.0.0.0/8",
            "'10.0.0.100/24 '",
            "10.0.0.100/999",
            "'::'",
            "'::1'",
            "'fe80::1%eth0'",
            "'fe80::1%eth0/64'",
            "'[fe80::1%25eth0]:1'",
            "'::ffff:10.0.0.1'",
            "'::ffff:10.0.0.100/120'",
            "'[2001:db8::1'",
            "'[]:1'",
            "':1'",
            "'1:'",
            "'a b'",
            "'größe'",
            "'\u0663'",
            "'😀'",
            "\"\\0\"",
            "\"/bin/\\0\"",
            "\"/a\\nb\"",
            "/",
            "//",
            "/dev/null",
            "/proc/self/mem",
            "/nowhere/" + "x".repeat(5_000),
            "'" + "9".repeat(5_000) + "'",
            "[]",
            "[[]]",
            "[null, '']",
            "[10.0.0.1, 10.0.0.1, {}]",
            "{}",
            "{a: b}",
            "{address: 10.0.0.1, name: '', weight: 0}",
            "{'': '', null: null}",
            "{? [a] : b}",
            "&x [*x]",
            "&x {a: *x}",
            "!!binary aGk=",
            "!!int x",
            "*unknown",
            "|\n    text\n    of lines");

    private static final Map<String, String> NODE = keys("""
            node.name a
            group.bind 10.0.0.11
            group.peers 10.0.0.12
            virtual-address.address 10.0.0.100/24
            virtual-address.interface eth0
            proxy.servers [m1, m2]
            """);

    private static final Map<String, String> WITNESS = keys("""
            node.name w
            group.bind 10.0.0.13
            group.peers [10.0.0.11, 10.0.0.12]
            """);

    private static final Map<String, String> PROXY = keys("proxy.servers [m1, m2]\n");

    private interface Reader {
        Object read(ConfigText text) throws ConfigException;
    }

    private static Map<String, String> keys(String lines) {
        Map<String, String> keys = new LinkedHashMap<>();
        lines.lines().forEach(line -> keys.put(line.split(" ", 2)[0], line.split(" ", 2)[1]));
        return keys;
    }

    /** With the values of other keys in the place of theirs. */
    private static String file(Map<String, String> good, Map<String, String> odd) {
        Map<String, String> all = new LinkedHashMap<>(good);
        all.putAll(odd);
        return all.entrySet().stream()
                .collect(Collectors.groupingBy(
                        key -> key.getKey().substring(0, key.getKey().indexOf('.')),
                        LinkedHashMap::new,
                        Collectors.mapping(
                                key -> "  "
                                        + key.getKey().substring(key.getKey().indexOf('.') + 1) + ": " + key.getValue()
                                        + '\n',
                                Collectors.joining())))
                .entrySet()
                .stream()
                .map(section -> section.getKey() + ":\n" + section.getValue())
                .collect(Collectors.joining());
    }

    private static void requireWords(Reader reader, String text) {
        try {
            assertThat(reader.read(new ConfigText(Path.of("a.yaml"), text))).isNotNull();
        } catch (ConfigException refused) {
            assertThat(refused.problems())
                    .as("%s", text)
                    .isNotEmpty()
                    .allSatisfy(problem -> assertThat(problem)
                            .as("%s", text)
                            .matches("(?s)a\\.yaml:\\d+:\\d+: .*")
                            .doesNotContain(
                                    "Exception", "java.", "io.netty", "2147483647", "9223372036854775807", ": null"));
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError("of this file:\n" + text, e);
        }
    }

    private static void readAll(Map<String, String> odd) {
        Map<Reader, Map<String, String>> kinds = new LinkedHashMap<>();
        kinds.put(ConfigReader::readNode, NODE);
        kinds.put(ConfigReader::readNodeFile, NODE);
        kinds.put(ConfigReader::readWitness, WITNESS);
        kinds.put(ConfigReader::readProxy, PROXY);
        kinds.forEach((reader, good) -> requireWords(reader, file(good, odd)));
    }

    @ParameterizedTest
    @EnumSource(ConfigKey.class)
    void anOddValueIsTakenOrRefusedInWords(ConfigKey key) {
        ODD.forEach(value -> readAll(Map.of(key.path(), value)));
    }

    /** What is right alone may be wrong together. */
    @ParameterizedTest
    @EnumSource(ConfigKey.class)
    void oddValuesOfSeveralKeysAreTakenOrRefusedInWords(ConfigKey key) {
        Random random = new Random(SEED + key.ordinal());
        List<ConfigKey> others = new ArrayList<>(Arrays.asList(ConfigKey.values()));
        for (int i = 0; i < 50; i++) {
            Function<ConfigKey, String> value = any -> ODD.get(random.nextInt(ODD.size()));
            Map<String, String> odd = Stream.concat(
                            Stream.of(key), random.ints(3, 0, others.size()).mapToObj(others::get))
                    .distinct()
                    .collect(Collectors.toMap(ConfigKey::path, value));
            readAll(odd);
        }
    }
}
