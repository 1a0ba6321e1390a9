package io.mempair.proxy.refill;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.refill.ItemCopy.CopyOutcome;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.testkit.ServerLoop;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Copies as the tests make them. */
public final class Copying {

    /** Lifetime of items whose server does not say. */
    public static final int LIFETIME_SECONDS = 3_600;

    private Copying() {}

    public static Key key(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return Key.of(bytes, 0, bytes.length);
    }

    /** Begins a copy and says later how it ended. */
    static CompletableFuture<CopyOutcome> begin(
            ServerLoop loop, ServerConnection from, ServerConnection to, String key, boolean overwrite) {
        CompletableFuture<CopyOutcome> ended = new CompletableFuture<>();
        loop.run(() -> ItemCopy.start(
                loop.context(),
                from,
                to,
                key(key),
                overwrite ? ItemCopy.CopyReason.OVERWRITE : ItemCopy.CopyReason.FETCH,
                LIFETIME_SECONDS,
                outcome -> endOnce(ended, outcome)));
        return ended;
    }

    private static void endOnce(CompletableFuture<CopyOutcome> ended, CopyOutcome outcome) {
        if (!ended.complete(outcome)) {
            throw new AssertionError("ended twice: " + ended.join() + ", then " + outcome);
        }
    }

    /** Copies, and says how it ended. */
    public static CopyOutcome copy(ServerLoop loop, ServerConnection from, ServerConnection to, String key) {
        return ServerLoop.await(begin(loop, from, to, key, false));
    }

    /** Copies over what the target has. */
    static CopyOutcome overwrite(ServerLoop loop, ServerConnection from, ServerConnection to, String key) {
        return ServerLoop.await(begin(loop, from, to, key, true));
    }
}
