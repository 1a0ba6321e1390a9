package io.mempair.proxy.ring;

/**
 * Point modulo number of servers: magent's default placement.
 *
 * @param servers  how many there are, at least one
 */
public record ModuloRing(int servers) implements Ring {

    public ModuloRing {
        if (servers < 1) {
            throw new IllegalArgumentException("servers: " + servers + " (expected: at least 1)");
        }
    }

    @Override
    public int serverOf(int point) {
        return servers == 1 ? 0 : Integer.remainderUnsigned(point, servers);
    }
}
