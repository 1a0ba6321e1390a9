package io.mempair.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlacementRuleTest {

    private static final ServerAddress ONE = new ServerAddress("10.0.0.1", 11_211);
    private static final ServerAddress TWO = new ServerAddress("10.0.0.2", 11_300);

    private static PlacementRule labelled(Distribution distribution, ServerAddress server, ServerLabel label) {
        return new PlacementRule(distribution, Optional.empty(), KeyPart.ALL, Map.of(server, label));
    }

    @ParameterizedTest
    @CsvSource({
        "MAGENT_KETAMA, 10.0.0.1-11211, 10.0.0.2-11300",
        "LIBKETAMA, 10.0.0.1, 10.0.0.2:11300",
        "LIBMEMCACHED, 10.0.0.1, 10.0.0.2:11300",
        "HASHRING, 10.0.0.1, 10.0.0.2:11300",
        "SPYMEMCACHED, 10.0.0.1:11211, 10.0.0.2:11300",
        "XMEMCACHED, /10.0.0.1:11211, /10.0.0.2:11300",
        "DALLI, 10.0.0.1:11211, 10.0.0.2:11300"
    })
    void aServerIsHashedByTheNameItsClientsHash(Distribution distribution, String one, String two) {
        var rule = new PlacementRule(distribution);

        assertThat(List.of(rule.nameOf(ONE), rule.nameOf(TWO))).containsExactly(one, two);
    }

    @ParameterizedTest
    @ValueSource(strings = {"MODULO", "MAGENT_KETAMA", "RENDEZVOUS", "FOLSOM", "CH3"})
    void aWeightIsRefusedWhereThereAreNone(Distribution distribution) {
        assertThatThrownBy(() -> labelled(distribution, TWO, new ServerLabel("", 2)))
                .hasMessage(
                        "servers: 10.0.0.2:11300 has weight 2 (expected: none, " + distribution + " has no weights)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"MODULO", "MAGENT_KETAMA", "RENDEZVOUS", "DALLI", "FOLSOM", "CH3"})
    void aHashIsRefusedWhereThereIsNoChoice(Distribution distribution) {
        assertThatThrownBy(() -> new PlacementRule(distribution, Optional.of(HashFunction.MD5), KeyPart.ALL, Map.of()))
                .hasMessageStartingWith("hash: md5 (expected: none, ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"MODULO", "MODULA", "PHP_MEMCACHE_STANDARD", "CH3"})
    void aNameIsRefusedWhereNoneIsHashed(Distribution distribution) {
        assertThatThrownBy(() -> labelled(distribution, TWO, new ServerLabel("10.0.0.3:11300", 1)))
                .hasMessageStartingWith("servers: 10.0.0.2:11300 has the name '10.0.0.3:11300' (expected: none, "
                        + distribution + " does not hash names; ");
    }

    @Test
    void twoServersOfOneNameAreRefused() {
        var label = new ServerLabel("10.0.0.2:11300", 1);

        assertThatThrownBy(() -> new PoolConfig(
                        List.of(ONE, TWO),
                        List.of(),
                        labelled(Distribution.LIBKETAMA, ONE, label),
                        ServerTimeouts.DEFAULT,
                        ServerSecurity.NONE,
                        CopyPolicy.DEFAULT))
                .hasMessage("servers: the name 10.0.0.2:11300 twice (expected: a name for each server)");
    }

    @Test
    void xmemcachedAsksForTheNameOfAServerThatOnlyItHasResolved() {
        var rule = new PlacementRule(Distribution.XMEMCACHED);

        assertThatThrownBy(() -> rule.nameOf(new ServerAddress("cache1", 11_211)))
                .hasMessageStartingWith("servers: cache1:11211 has no name (expected: ");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1:11211, 1, ''",
        "10.0.0.1:5, 10.0.0.1:5, 1, ''",
        "10.0.0.1:5:7, 10.0.0.1:5, 7, ''",
        "10.0.0.1:5:7 cache-a, 10.0.0.1:5, 7, cache-a",
        "'  m1:1   cache-a ', m1:1, 1, cache-a",
        "::1, [::1]:11211, 1, ''",
        "1:2:3:4:5:6:7:8, [1:2:3:4:5:6:7:8]:11211, 1, ''",
        "[::1]:5:3 v6, [::1]:5, 3, v6",
        "m1:11211 m1/10.0.0.1:11211, m1:11211, 1, m1/10.0.0.1:11211",
        "[::1]:5 v6, [::1]:5, 1, v6"
    })
    void aServerIsReadAsTwemproxyWritesIt(String text, String address, int weight, String name) {
        LabelledServer server = LabelledServer.parse(text, ServerAddress.MEMCACHED_PORT);

        assertThat(server.address()).hasToString(address);
        assertThat(server.label()).isEqualTo(new ServerLabel(name, weight));
        assertThat(LabelledServer.parse(server.toString(), 1)).isEqualTo(server);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "m1:5:0",
                "m1:5:101",
                "m1:5:99999999999",
                "m1:0:2",
                "m1:5:2:7",
                "m1:5: name with blanks",
                ":5:2",
                "m1,m2",
                "m1 m2",
                "[::1] m2",
                "10.0.0.1 10.0.0.2:5"
            })
    void aServerThatCannotBeOneIsRefusedByItsText(String text) {
        assertThatThrownBy(() -> LabelledServer.parse(text, ServerAddress.MEMCACHED_PORT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text.split(" ")[0])
                .hasMessageContaining("expected: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", " {}", "{\u00fc"})
    void aTagThatIsNoneIsRefused(String tag) {
        assertThatThrownBy(() -> new KeyPart(tag, "")).hasMessageStartingWith("hash-tag: '" + tag);
    }
}
