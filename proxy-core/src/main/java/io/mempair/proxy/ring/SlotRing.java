package io.mempair.proxy.ring;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Point modulo number of slots, of which each server has as many as its weight, in a row: {@code modula} of twemproxy, and the
 * placement of clients that put a server into their list several times.
 */
public final class SlotRing implements Ring {

    private final int[] owners;

    /** Slots for servers of these weights, in order. */
    public SlotRing(List<Integer> weights) {
        owners = IntStream.range(0, weights.size())
                .flatMap(server -> IntStream.generate(() -> server).limit(weights.get(server)))
                .toArray();
    }

    @Override
    public int serverOf(int point) {
        return owners[Integer.remainderUnsigned(point, owners.length)];
    }
}
