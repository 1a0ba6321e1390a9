package io.mempair.proxy.protocol.meta;

import java.util.Arrays;

/**
 * Base64 as memcached decodes keys: characters outside the alphabet are passed over, padding ends the key. It has to be
 * the same leniency, because the place of a key is found from the bytes the server will see.
 */
final class KeyDecoder {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private static final byte OUTSIDE = -1;

    private static final byte[] SEXTETS = sextets();

    private KeyDecoder() {}

    private static byte[] sextets() {
        byte[] sextets = new byte[256];
        Arrays.fill(sextets, OUTSIDE);
        for (int i = 0; i < ALPHABET.length(); i++) {
            sextets[ALPHABET.charAt(i)] = (byte) i;
        }
        sextets['='] = 0;
        return sextets;
    }

    /**
     * Decodes {@code bytes[from, to)} into {@code out} from its beginning on.
     *
     * @return the length of the key, 0 if this is no key
     */
    static int decode(byte[] bytes, int from, int to, byte[] out) {
        int known = 0;
        for (int i = from; i < to; i++) {
            if (SEXTETS[bytes[i] & 0xFF] != OUTSIDE) {
                known++;
            }
        }
        if (known == 0 || known % 4 != 0) {
            return 0;
        }
        int length = 0;
        int bits = 0;
        int sextets = 0;
        int padding = 0;
        for (int i = from; i < to; i++) {
            int sextet = SEXTETS[bytes[i] & 0xFF];
            if (sextet == OUTSIDE) {
                continue;
            }
            if (bytes[i] == '=') {
                padding++;
            }
            bits = bits << 6 | sextet;
            if (++sextets == 4) {
                out[length++] = (byte) (bits >> 16);
                out[length++] = (byte) (bits >> 8);
                out[length++] = (byte) bits;
                bits = 0;
                sextets = 0;
                if (padding > 0) {
                    break;
                }
            }
        }
        return padding > 2 ? 0 : length - padding;
    }
}
