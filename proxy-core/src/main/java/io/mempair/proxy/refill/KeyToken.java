package io.mempair.proxy.refill;

import io.mempair.proxy.protocol.ProtocolLimits;
import io.mempair.proxy.protocol.binary.MetaLine;
import io.mempair.proxy.replication.Key;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A key as a token in a command line: raw, or in Base64, which only meta commands support. */
public final class KeyToken {

    /** Bytes of a key that a line can say as it is. */
    public static final int MAX_PLAIN_BYTES = ProtocolLimits.MAX_KEY_BYTES;

    /** Bytes of a key that has to be encoded. */
    public static final int MAX_ENCODED_BYTES = MetaLine.MAX_ENCODED_KEY_BYTES;

    private final byte[] bytes;
    private final boolean encoded;

    private KeyToken(byte[] bytes, boolean encoded) {
        this.bytes = bytes;
        this.encoded = encoded;
    }

    /** The token for {@code key}, or null if no command line can express it. */
    public static @Nullable KeyToken of(Key key, boolean speaksMeta) {
        byte[] bytes = key.bytes();
        if (bytes.length == 0 || bytes.length > MAX_PLAIN_BYTES) {
            return null;
        }
        if (!MetaLine.mustEncode(bytes, bytes.length)) {
            return new KeyToken(bytes, false);
        }
        if (!speaksMeta || bytes.length > MAX_ENCODED_BYTES) {
            return null;
        }
        return new KeyToken(Base64.getEncoder().encode(bytes), true);
    }

    /** The token; callers must not change it. */
    public byte[] bytes() {
        return bytes;
    }

    /** Whether the line needs the flag for Base64. */
    public boolean encoded() {
        return encoded;
    }
}
