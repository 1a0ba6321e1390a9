package io.mempair.ha.agent;

import io.mempair.ha.election.Message;
import io.mempair.proxy.config.PlacementRule;
import io.mempair.proxy.config.PoolConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One number for all that decides which server a key belongs to: the servers of both tiers in their order and as they are
 * written, because rings hash the text, their weights and names, the distribution and the hash. Times, security and limits are not in it. Pure.
 */
final class PlacementNumber {

    private PlacementNumber() {}

    /** Of a map no order is promised, so its entries are put into one. */
    private static String text(PlacementRule rule) {
        return rule.distribution() + "\n" + rule.hash() + '\n' + rule.part() + '\n'
                + new TreeMap<>(rule.labels().entrySet().stream()
                        .collect(Collectors.toMap(label -> label.getKey().toString(), Map.Entry::getValue)));
    }

    static long of(PoolConfig pool) {
        // no address has a line end in it, so no two pools give one text
        String text = text(pool.placement()) + "\nservers\n" + pool.primaries() + "\nbackups\n" + pool.backups();
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            long number = ByteBuffer.wrap(digest).getLong();
            return number == Message.UNKNOWN_PLACEMENT ? 1 : number;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
