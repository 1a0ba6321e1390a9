package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerFailure;
import io.mempair.proxy.refill.ItemCopy;
import io.mempair.proxy.refill.ItemCopy.CopyOutcome;

/**
 * Copies the item to a refilling server before that server gets an {@code mg N}, which would create a stub on a miss
 * although the item exists. Fails the read if the copy failed.
 */
final class CopyBeforeRead {

    private CopyBeforeRead() {}

    /** Copies the read's key; then the read goes on, or ends. */
    static void start(ReplicatedRead read, ServerConnection from, ServerConnection to) {
        ItemCopy.start(
                read.reads.loop(),
                from,
                to,
                read.key(),
                ItemCopy.CopyReason.FETCH,
                read.reads.refillLifetimeSeconds(),
                outcome -> {
                    try {
                        copied(outcome, read, from, to);
                    } catch (RuntimeException | Error defect) {
                        read.broken(defect);
                    }
                });
    }

    private static void copied(CopyOutcome outcome, ReplicatedRead read, ServerConnection from, ServerConnection to) {
        boolean lacks = outcome == CopyOutcome.FAILED || outcome == CopyOutcome.CANNOT;
        if (lacks && to.serves() && from.serves()) {
            read.endWithFailure(ServerFailure.UNAVAILABLE);
        } else if (lacks) {
            read.begin();
        } else {
            read.askFirst();
        }
    }
}
