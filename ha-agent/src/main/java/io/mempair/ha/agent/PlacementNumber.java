package io.mempair.ha.agent;

import io.mempair.ha.election.Message;
import io.mempair.proxy.config.PoolConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * One number for all that decides which server a key belongs to: the servers of both tiers in their order and as they are
 * written, because ketama hashes the text, and the distribution. Times, security and limits are not in it. Pure.
 */
final class PlacementNumber {

    private PlacementNumber() {}

    static long of(PoolConfig pool) {
        // no address has a line end in it, so no two pools give one text
        String text = pool.distribution() + "\nservers\n" + pool.primaries() + "\nbackups\n" + pool.backups();
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            long number = ByteBuffer.wrap(digest).getLong();
            return number == Message.UNKNOWN_PLACEMENT ? 1 : number;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
