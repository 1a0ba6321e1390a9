package io.mempair.proxy.protocol.meta;

import io.mempair.proxy.protocol.text.TextReplies;

/** The lines mempair itself answers to meta commands: memcached 1.6.18's own, byte for byte. */
public final class MetaReplies {

    /** The answer to {@code mn}: everything asked before is answered. */
    public static final byte[] MN = TextReplies.line("MN");

    static final byte[] DUPLICATE_FLAG = TextReplies.line("CLIENT_ERROR duplicate flag");
    static final byte[] INVALID_OR_DUPLICATE_FLAG = TextReplies.line("CLIENT_ERROR invalid or duplicate flag");
    static final byte[] TOO_MANY_FLAGS_TO_READ = TextReplies.line("CLIENT_ERROR options flags are too long");
    static final byte[] TOO_MANY_FLAGS_TO_WRITE = TextReplies.line("CLIENT_ERROR options flags too long");

    static final byte[] INVALID_FLAG = TextReplies.line("CLIENT_ERROR invalid flag");
    static final byte[] UNDECODABLE_KEY = TextReplies.line("CLIENT_ERROR error decoding key");
    static final byte[] BAD_TOKEN = TextReplies.line("CLIENT_ERROR bad token in command line format");
    static final byte[] INVALID_INITIAL = TextReplies.line("CLIENT_ERROR invalid numeric initial value");
    static final byte[] INVALID_DELTA = TextReplies.line("CLIENT_ERROR invalid numeric delta value");
    static final byte[] INCORRECT_MODE_LENGTH = TextReplies.line("CLIENT_ERROR incorrect length for M token");
    static final byte[] INVALID_SET_MODE = TextReplies.line("CLIENT_ERROR invalid mode for ms M token");
    static final byte[] OPAQUE_TOO_LONG = TextReplies.line("CLIENT_ERROR opaque token too long");

    private MetaReplies() {}
}
