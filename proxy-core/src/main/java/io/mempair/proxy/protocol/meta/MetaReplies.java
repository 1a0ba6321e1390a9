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

    private MetaReplies() {}
}
