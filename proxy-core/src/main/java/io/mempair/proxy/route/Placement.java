package io.mempair.proxy.route;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.hash.KeyHash;
import io.mempair.proxy.hash.MagentHash;
import io.mempair.proxy.hash.Md5Hash;
import io.mempair.proxy.ring.KetamaRing;
import io.mempair.proxy.ring.ModuloRing;
import io.mempair.proxy.ring.Ring;
import java.util.List;

/** Which server of one tier a key belongs to. Not for several threads: the hash keeps scratch space. */
public final class Placement {

    private final KeyHash hash;
    private final Ring ring;

    private Placement(KeyHash hash, Ring ring) {
        this.hash = hash;
        this.ring = ring;
    }

    /** The placement of a tier with these servers, in the order the operator wrote them. */
    public static Placement of(Distribution distribution, List<ServerAddress> servers) {
        return switch (distribution) {
            case MODULO -> new Placement(new MagentHash(), new ModuloRing(servers.size()));
            case KETAMA ->
                new Placement(
                        new Md5Hash(),
                        new KetamaRing(servers.stream()
                                .map(server -> server.host() + '-' + server.port())
                                .toList()));
        };
    }

    /** Index of the key's server in its tier. */
    public int serverOf(byte[] bytes, int keyOffset, int keyLength) {
        return ring.serverOf(hash.pointOf(bytes, keyOffset, keyLength));
    }
}
