package io.mempair.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.HashFunction;
import io.mempair.proxy.config.KeyPart;
import io.mempair.proxy.config.PlacementRule;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerLabel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Placements of programs that {@code PlacementIT} does not run. Their own code has computed the files in {@code placement}, once;
 * the sources beside the files say how.
 */
class ClientVectorsTest {

    @ParameterizedTest
    @CsvSource({
        "gomemcache.txt, MODULA, CRC32A",
        "jump.txt, JUMP, ",
        "ring-default.txt, MEMCACHED_RING, ",
        "ring-ketama.txt, SPYMEMCACHED, XXH3",
        "ring-ketama-md5.txt, SPYMEMCACHED, ",
        "ring-twemproxy.txt, SPYMEMCACHED, XXH3",
        "ring-evcache.txt, SPYMEMCACHED, XXH3"
    })
    void everyKeyIsWhereTheProgramPlacesIt(String file, Distribution distribution, HashFunction hash)
            throws IOException {
        List<String> lines = lines(file);
        assertThat(lines).hasSizeGreaterThan(5);

        for (String line : lines) {
            int colon = line.indexOf(':');
            int count = Integer.parseInt(line.substring(0, colon));
            List<ServerAddress> servers = servers(count);
            Placement placement = Placement.of(
                    new PlacementRule(distribution, Optional.ofNullable(hash), KeyPart.ALL, labels(file, servers)),
                    servers);
            String[] owners = line.substring(colon + 2).split(" ");
            for (int k = 0; k < owners.length; k++) {
                assertThat(owner(placement, "key-" + k * k))
                        .as("key-%s of %s servers", k * k, count)
                        .isEqualTo(Integer.parseInt(owners[k]));
            }
        }
    }

    /** Every second on another port than memcached's own, which some leave out of the name. */
    private static List<ServerAddress> servers(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> new ServerAddress("10.0.0." + i, i % 2 == 0 ? 11_300 : 11_211))
                .toList();
    }

    private static Map<ServerAddress, ServerLabel> labels(String file, List<ServerAddress> servers) {
        var labels = new HashMap<ServerAddress, ServerLabel>();
        for (ServerAddress server : servers) {
            if (file.equals("ring-evcache.txt")) {
                labels.put(server, new ServerLabel(server.host() + '/' + server, 1));
            } else if (file.equals("ring-twemproxy.txt") && server.port() == ServerAddress.MEMCACHED_PORT) {
                labels.put(server, new ServerLabel(server.host(), 1));
            }
        }
        return labels;
    }

    /** The checksum is that of libvbucket's own test, {@code ketama-ordered-eight-nodes.md5sum}. */
    @Test
    void aMillionKeysAreWhereMoxiPlacesThem() throws NoSuchAlgorithmException {
        List<ServerAddress> nodes = IntStream.range(0, 8)
                .mapToObj(i -> new ServerAddress("172.16.16.76", 12_000 + 2 * i))
                .toList();
        Placement placement = Placement.of(new PlacementRule(Distribution.SPYMEMCACHED), nodes);
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        for (int i = 0; i < 1_000_000; i++) {
            md5.update(nodes.get(owner(placement, String.valueOf(i))).toString().getBytes(StandardCharsets.US_ASCII));
        }

        assertThat(HexFormat.of().formatHex(md5.digest())).isEqualTo("7f4da8f120e89d695094f45a74346dbe");
    }

    private static int owner(Placement placement, String key) {
        byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
        return placement.serverOf(bytes, 0, bytes.length);
    }

    private static List<String> lines(String file) throws IOException {
        try (InputStream in = ClientVectorsTest.class.getResourceAsStream("/placement/" + file)) {
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))
                    .lines()
                    .toList();
        }
    }
}
