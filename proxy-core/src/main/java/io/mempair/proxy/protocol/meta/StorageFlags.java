package io.mempair.proxy.protocol.meta;

import io.mempair.proxy.protocol.Decimal;
import io.mempair.proxy.protocol.text.TextReplies;
import org.jspecify.annotations.Nullable;

/**
 * What memcached 1.6.18 says of the flags of an {@code ms}, before it looks at the data: the proxy looks at the data first,
 * so it has to know. A flag it does not know is left to the server, which may be a newer one.
 */
final class StorageFlags {

    /** Bytes of an opaque token, its O included (MFLAG_MAX_OPAQUE_LENGTH). */
    private static final int MAX_OPAQUE_BYTES = 32;

    private static final String MODES = "EAPRS";

    private StorageFlags() {}

    /** The error line, or null. Of several errors the last is named, as memcached does. */
    static byte @Nullable [] check(MetaRequest r) {
        byte[] error = null;
        for (int i = r.firstFlag(); i < r.tokens; i++) {
            byte flag = r.line[r.starts[i]];
            if (MetaRequestParser.KNOWN_FLAGS.indexOf(flag) < 0) {
                return null;
            }
            byte[] complaint = complaint(r, flag, r.starts[i] + 1, r.ends[i]);
            // of bad client flags it says nothing, so whatever else is wrong is named
            boolean unsaid = flag == 'F' && error != null;
            error = complaint == null || unsaid ? error : complaint;
        }
        return error == null ? checkAnswerable(r) : error;
    }

    private static byte @Nullable [] complaint(MetaRequest r, byte flag, int from, int to) {
        return switch (flag) {
            case 'b' -> r.undecodable() ? MetaReplies.UNDECODABLE_KEY : null;
            case 'N', 'T', 'R' -> isSigned(r.line, from, to) ? null : MetaReplies.BAD_TOKEN;
            case 'C' -> isUnsigned(r.line, from, to) ? null : MetaReplies.BAD_TOKEN;
            case 'F' -> isUnsigned(r.line, from, to) ? null : TextReplies.BAD_FORMAT;
            case 'J' -> isUnsigned(r.line, from, to) ? null : MetaReplies.INVALID_INITIAL;
            case 'D' -> isUnsigned(r.line, from, to) ? null : MetaReplies.INVALID_DELTA;
            case 'M' -> to - from == 1 ? null : MetaReplies.INCORRECT_MODE_LENGTH;
            default -> null;
        };
    }

    /** What is checked once every flag was understood. */
    private static byte @Nullable [] checkAnswerable(MetaRequest r) {
        int mode = r.mode();
        if (mode != 0 && MODES.indexOf(mode) < 0) {
            return MetaReplies.INVALID_SET_MODE;
        }
        int opaque = r.tokenOf('O');
        boolean tooLong = opaque >= 0 && r.ends[opaque] - r.starts[opaque] > MAX_OPAQUE_BYTES;
        return tooLong ? MetaReplies.OPAQUE_TOO_LONG : null;
    }

    private static boolean isSigned(byte[] line, int from, int to) {
        return Decimal.isSignedLong(line, afterPlus(line, from, to), to);
    }

    private static boolean isUnsigned(byte[] line, int from, int to) {
        return Decimal.isUnsignedLong(line, afterPlus(line, from, to), to);
    }

    /** Servers take a plus sign, and these numbers are theirs. */
    private static int afterPlus(byte[] line, int from, int to) {
        return from + 1 < to && line[from] == '+' && line[from + 1] != '-' ? from + 1 : from;
    }
}
