package io.mempair.proxy.route;

import io.mempair.proxy.hash.KeyHash;
import io.mempair.proxy.ring.Ring;

/** The key's hash is a point, and a ring says whose. Not for several threads where the hash keeps scratch space. */
record HashedPlacement(KeyHash hash, Ring ring) implements Placement {

    @Override
    public int serverOf(byte[] bytes, int keyOffset, int keyLength) {
        return ring.serverOf(hash.pointOf(bytes, keyOffset, keyLength));
    }
}
