package io.mempair.proxy.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PlacementRule;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.route.Placement;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KetamaRingTest {

    private static final List<ServerAddress> FOUR = IntStream.rangeClosed(1, 4)
            .mapToObj(i -> new ServerAddress("10.0.0." + i, 11_211))
            .toList();

    private final Placement placement = Placement.of(new PlacementRule(Distribution.MAGENT_KETAMA), FOUR);

    /** Owners computed by a program of its own, from the description of magent 0.7's ring. */
    @Test
    void keysLiveWhereMagentPutsThem() {
        int[] expected = {3, 2, 1, 3, 3, 1, 0, 1, 1, 2, 0, 3, 0, 3, 2, 1, 1, 0, 1, 3};

        int[] owners = IntStream.range(0, 20).map(i -> ownerOf("key" + i)).toArray();

        assertThat(owners).isEqualTo(expected);
    }

    @Test
    void keysAreSpreadEvenly() {
        int[] counts = new int[4];
        for (int i = 0; i < 100_000; i++) {
            counts[ownerOf("key" + i)]++;
        }

        assertThat(counts).containsExactly(25_519, 24_583, 25_099, 24_799);
    }

    @Test
    void moduloTakesThePointAsUnsigned() {
        assertThat(new ModuloRing(3).serverOf(-1)).isZero();
        assertThat(new ModuloRing(7).serverOf(0x8000_0000)).isEqualTo((int) (0x8000_0000L % 7));
    }

    private int ownerOf(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
        return placement.serverOf(bytes, 0, bytes.length);
    }
}
