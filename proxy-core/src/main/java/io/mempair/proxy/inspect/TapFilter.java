package io.mempair.proxy.inspect;

import io.mempair.proxy.metrics.TimedCommand;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which requests a {@link Tap} shows. Immutable. */
public final class TapFilter {

    private final @Nullable TimedCommand command;
    private final byte[] prefix;

    /**
     * @param command  only this; null for all
     * @param prefix   only keys that begin so; empty for all
     */
    public TapFilter(@Nullable TimedCommand command, String prefix) {
        this.command = command;
        this.prefix = prefix.getBytes(StandardCharsets.UTF_8);
    }

    boolean matches(TimedCommand asked, byte[] bytes, int offset, int length) {
        return (command == null || command == asked)
                && length >= prefix.length
                && Arrays.equals(prefix, 0, prefix.length, bytes, offset, offset + prefix.length);
    }
}
