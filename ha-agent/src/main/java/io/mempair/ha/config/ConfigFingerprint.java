package io.mempair.ha.config;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One number for all that the files of the two nodes should say alike, so that an operator sees whether they do. No content
 * of another file is in it, so it tells nothing of a secret. Pure.
 */
public final class ConfigFingerprint {

    /** What rightly differs between the two hosts. */
    private static final Set<ConfigKey> OF_ONE_HOST = EnumSet.of(
            ConfigKey.NODE_NAME,
            ConfigKey.NODE_PRIORITY,
            ConfigKey.NODE_WARMUP,
            ConfigKey.GROUP_BIND,
            ConfigKey.GROUP_PORT,
            ConfigKey.GROUP_PEERS,
            ConfigKey.GROUP_TIE_BREAKER,
            ConfigKey.INTERFACE,
            ConfigKey.LISTEN,
            ConfigKey.TLS_LISTEN,
            ConfigKey.LOOPS,
            ConfigKey.GATHER,
            ConfigKey.TRANSPORT,
            ConfigKey.ADMIN_HTTP,
            ConfigKey.ADMIN_CONTROL,
            ConfigKey.ADMIN_TLS_CERTIFICATE,
            ConfigKey.ADMIN_TLS_KEY,
            ConfigKey.ADMIN_AUTH_FILE,
            ConfigKey.LOG_LEVEL,
            ConfigKey.LOG_FORMAT,
            ConfigKey.LOG_SLOW,
            ConfigKey.LOG_SLOW_KEYS);

    private ConfigFingerprint() {}

    /** Never 0. */
    public static long of(NodeConfig node) {
        Map<ConfigKey, Object> values = ConfigValues.of(node);
        String text = values.entrySet().stream()
                .filter(entry -> !OF_ONE_HOST.contains(entry.getKey()))
                .map(entry -> entry.getKey().path() + '=' + ConfigValues.text(entry.getValue()))
                .collect(Collectors.joining("\n"));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            long number = ByteBuffer.wrap(digest).getLong();
            return number == 0 ? 1 : number;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
