package io.mempair.proxy.hash;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The first four bytes of the key's MD5, little-endian: ketama's point of a key. Not for several threads. */
public final class Md5Hash implements KeyHash {

    private final MessageDigest md5 = newMd5();

    @Override
    public int pointOf(byte[] bytes, int offset, int length) {
        md5.update(bytes, offset, length);
        return littleEndianInt(md5.digest(), 0);
    }

    /** Four bytes of {@code digest} from {@code offset}, the first the lowest. */
    public static int littleEndianInt(byte[] digest, int offset) {
        return (digest[offset] & 0xFF)
                | (digest[offset + 1] & 0xFF) << 8
                | (digest[offset + 2] & 0xFF) << 16
                | (digest[offset + 3] & 0xFF) << 24;
    }

    /** A digest every Java platform must have. */
    public static MessageDigest newMd5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("a Java platform without MD5", e);
        }
    }
}
