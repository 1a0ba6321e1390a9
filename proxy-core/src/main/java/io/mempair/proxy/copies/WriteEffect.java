package io.mempair.proxy.copies;

import io.mempair.proxy.protocol.text.ReplyLine;

/** What a server did with a write, as its reply tells. */
enum WriteEffect {
    /** It changed its copy. */
    CHANGED,
    /** It executed the write, which changed nothing: a deletion of a key that it does not hold. */
    UNCHANGED,
    /** It did not execute the write. */
    REFUSED;

    /** The effect of a deletion in any protocol. */
    static WriteEffect ofDeletion(ReplyLine meaning) {
        return switch (meaning) {
            case DELETED, HD -> CHANGED;
            case NOT_FOUND, NF -> UNCHANGED;
            default -> REFUSED;
        };
    }
}
