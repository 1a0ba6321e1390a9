package io.mempair.proxy.refill;

import io.mempair.proxy.protocol.ProtocolLimits;
import io.mempair.proxy.protocol.binary.MetaLine;
import io.mempair.proxy.replication.Key;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A key as it stands in a line to a server: as it is, or in Base64, which only the meta commands know. */
public final class KeyToken {

    private final byte[] bytes;
    private final boolean encoded;

    private KeyToken(byte[] bytes, boolean encoded) {
        this.bytes = bytes;
        this.encoded = encoded;
    }

    /** The token for {@code key}, or null if there is no line that could say it. */
    public static @Nullable KeyToken of(Key key, boolean speaksMeta) {
        byte[] bytes = key.bytes();
        if (bytes.length == 0 || bytes.length > ProtocolLimits.MAX_KEY_BYTES) {
            return null;
        }
        if (!MetaLine.mustEncode(bytes, bytes.length)) {
            return new KeyToken(bytes, false);
        }
        if (!speaksMeta || bytes.length > MetaLine.MAX_ENCODED_KEY_BYTES) {
            return null;
        }
        return new KeyToken(Base64.getEncoder().encode(bytes), true);
    }

    /** The token; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** Whether the line must say that it is in Base64. */
    public boolean encoded() {
        return encoded;
    }
}
