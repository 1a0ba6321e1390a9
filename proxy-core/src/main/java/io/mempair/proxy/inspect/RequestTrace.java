package io.mempair.proxy.inspect;

import io.mempair.proxy.metrics.TimedCommand;
import org.jspecify.annotations.Nullable;

/** What is remembered of one request while slow ones are sought. Reused by its loop, so that none is made in steady state. */
public final class RequestTrace {

    private static final int USUAL_KEY_BYTES = 64;

    TimedCommand command = TimedCommand.OTHER;
    byte[] key = new byte[USUAL_KEY_BYTES];
    int keyLength;
    long askedNanos;

    /** The server whose answer completed it, and when it was asked; null if none did. */
    @Nullable
    Object server;

    long sentNanos;
    long completedNanos;
    boolean completed;

    @Nullable
    RequestTrace next;

    RequestTrace() {}

    void begin(TimedCommand asked, byte[] bytes, int offset, int length, long nowNanos) {
        command = asked;
        askedNanos = nowNanos;
        server = null;
        completed = false;
        if (key.length < length) {
            key = new byte[length];
        }
        System.arraycopy(bytes, offset, key, 0, length);
        keyLength = length;
    }

    void complete(@Nullable Object by, long atSentNanos, long nowNanos) {
        server = by;
        sentNanos = atSentNanos;
        completedNanos = nowNanos;
        completed = true;
    }

    SlowRequest ended(boolean plainKey, long nowNanos) {
        boolean served = server != null && sentNanos - askedNanos >= 0;
        long before = (served ? sentNanos : completedNanos) - askedNanos;
        String shown =
                keyLength == 0 ? "" : plainKey ? KeyText.plain(key, 0, keyLength) : KeyText.hashed(key, 0, keyLength);
        return new SlowRequest(
                nowNanos,
                command,
                shown,
                served ? String.valueOf(server) : "",
                before,
                served ? completedNanos - sentNanos : 0,
                nowNanos - completedNanos);
    }
}
