package io.mempair.ha.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.route.MovedKeys;
import io.mempair.proxy.route.Placement;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms in which the servers of a tier may be written. */
@Timeout(20)
class ServerListTest extends ConfigFiles {

    private static final String TEXTS = "['m1:11300:3 a', 'm2:11211 b']";

    private PoolConfig pool(String servers) throws Exception {
        return ConfigReader.readProxy(file("proxy: {servers: " + servers + ", distribution: libketama}"))
                .proxy()
                .pool();
    }

    private List<String> problems(String servers) throws Exception {
        var path = file("proxy:\n  distribution: libketama\n  servers: " + servers + "\n");
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> ConfigReader.readProxy(path));
        return refused.problems().stream()
                .map(problem -> problem.substring(path.toString().length() + 1))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{a: 'm1:11300:3', b: m2}",
                "{a: {address: 'm1:11300', weight: 3}, b: {address: m2}}",
                "{a: {address: 'm1:11300', weight: 3}, b: m2}",
                "[{address: 'm1:11300', name: a, weight: 3}, {name: b, address: m2}]",
                "['m1:11300:3 a', {name: b, address: m2}]"
            })
    void everyFormSaysTheSame(String servers) throws Exception {
        assertThat(pool(servers)).isEqualTo(pool(TEXTS));
    }

    @Test
    void aMappingOfOneServerNeedsNoNameAndNoWeight() throws Exception {
        assertThat(pool("[{address: m1}, {address: '[::1]:11300'}]")).isEqualTo(pool("[m1, '[::1]:11300']"));
    }

    @Test
    void namesStandInTheOrderOfTheFile() throws Exception {
        assertThat(pool("{z: m9, a: m1, m: m5}").primaries())
                .extracting(ServerAddress::host)
                .containsExactly("m9", "m1", "m5");
    }

    @Test
    void backupsHaveTheSameForms() throws Exception {
        assertThat(pool("{a: m1, b: m2}, backups: {c: m3, d: {address: m4}}"))
                .isEqualTo(pool("['m1:11211 a', 'm2:11211 b'], backups: ['m3:11211 c', 'm4:11211 d']"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            {a: m1, a: m2}                           | 3:20: proxy.servers: the name a a second time (expected: each once)
            {a: m1, b: 'm2:0'}                       | 3:23: proxy.servers: 'm2:0' (expected: host, host:port
            {a: m1, b: 11211}                        | 3:23: proxy.servers: '11211' (expected: host, host:port
            {a: m1, b: 'm2:11211 c'}                 | 3:23: proxy.servers: a second name, 'c' (expected: only b)
            {a: m1, 'b c': m2}                       | 3:20: proxy.servers: the name 'b c' (expected: up to 255 characters without
            {a: m1, b: [m2]}                         | 3:23: proxy.servers: a list (expected: one value)
            {a: m1, b: }                             | 3:22: proxy.servers: empty (expected: a value)
            {a: {addres: m1}}                        | 3:17: proxy.servers.addres: unknown key (did you mean 'address'?)
            {a: {weight: 2}}                         | 3:16: proxy.servers.address: missing (expected: the server, as in
            {a: {address: m1, weight: 0}}            | 3:38: proxy.servers.weight: 0 (expected: 1..100)
            {a: {address: m1, weight: two}}          | 3:38: proxy.servers.weight: 'two' (expected: a whole number)
            {a: {address: m1, name: b}}              | 3:30: proxy.servers.name: unknown key (expected: one of address, weight)
            {a: {address: 'm1:11211:2', weight: 3}}  | 3:26: proxy.servers.address: 'm1:11211:2' (expected: host:port alone
            {name: a, address: m1}                   | 3:22: proxy.servers: a mapping of names to servers has the name 'address'
            [{address: m1, address: m2}]             | 3:27: proxy.servers.address: a second time (expected: each key once)
            [{name: a}]                              | 3:13: proxy.servers.address: missing (expected: the server, as in
            [[m1]]                                   | 3:13: proxy.servers: a list (expected: one value)
            """)
    void whatIsWrongHasItsPlace(String servers, String problem) throws Exception {
        assertThat(problems(servers)).anyMatch(found -> found.startsWith(problem));
    }

    @Test
    void allThatIsWrongIsSaidAtOnceAndNothingTwice() throws Exception {
        assertThat(problems("{a: {weight: 0}, b: 'm2:0'}"))
                .hasSize(2)
                .noneMatch(problem -> problem.contains("empty (expected: at least one)"));
    }

    @Test
    void aNameThatIsNotHashedIsRefusedInEachForm() throws Exception {
        var path = file("proxy: {servers: {a: m1, b: m2}}");

        assertThat(catchThrowableOfType(ConfigException.class, () -> ConfigReader.readProxy(path))
                        .getMessage())
                .contains("(expected: none, modulo does not hash names");
    }

    @Test
    void aMachineReplacedUnderItsOldNameMovesNothing() throws Exception {
        PoolConfig before = pool("{cache-a: 10.0.0.21, cache-b: 10.0.0.22, cache-c: 10.0.0.23}");
        PoolConfig after = pool("{cache-a: 10.0.0.21, cache-b: '10.0.0.99:11300', cache-c: 10.0.0.23}");
        Placement now = Placement.of(before.placement(), before.primaries());
        Placement then = Placement.of(after.placement(), after.primaries());

        for (int i = 0; i < 5_000; i++) {
            byte[] key = ("k" + i).getBytes(StandardCharsets.US_ASCII);
            assertThat(then.serverOf(key, 0, key.length)).isEqualTo(now.serverOf(key, 0, key.length));
        }
        // what the old machine had is not on the new one; the others keep all of theirs
        assertThat(MovedKeys.between(before, after).percent()).isBetween(25, 42);
    }
}
