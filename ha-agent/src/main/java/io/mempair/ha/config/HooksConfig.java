package io.mempair.ha.config;

import io.mempair.proxy.config.DurationText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The operator's programs that run on events of the pair. Each is an executable file, or null.
 *
 * @param claim    after the guard has claimed the address, or instead of it; if it fails, the claim does
 * @param release  after the guard has released the address, or instead of it
 * @param notification   after each change of role
 * @param fence    before a claim, when the peer fell silent and nobody knows that it let go; if it fails, the claim does
 * @param timeout  time for one run; then it is killed and counts as failed
 * @param address  who holds the address
 */
public record HooksConfig(
        @Nullable Path claim,
        @Nullable Path release,
        @Nullable Path notification,
        @Nullable Path fence,
        Duration timeout,
        Holder address) {

    /** With the guard's own work, a claim with one hook stays within a second. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofMillis(500);

    public static final Duration MAX_TIMEOUT = Duration.ofSeconds(60);

    /** No hooks. */
    public static final HooksConfig NONE = new HooksConfig(null, null, null, null, DEFAULT_TIMEOUT, Holder.GUARD);

    /** Who holds the address. */
    public enum Holder {
        /** The guard process, with {@code ip} and {@code arping}; hooks follow it. */
        GUARD,
        /** The hooks alone, for example where a cloud's API moves the address. */
        HOOKS
    }

    public HooksConfig {
        if (timeout.compareTo(Duration.ofMillis(10)) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("timeout: " + DurationText.of(timeout) + " (expected: 10ms..60s)");
        }
        if (address == Holder.HOOKS && (claim == null || release == null)) {
            throw new IllegalArgumentException(
                    "address: hooks (expected: only with both hooks.claim and hooks.release)");
        }
    }

    /** The longest time that the hooks of one claim may take. */
    public Duration claimLimit() {
        return timeout.multipliedBy(
                Stream.of(claim, fence).filter(Objects::nonNull).count());
    }

    /** The programs that this node needs to be active: all except {@code notification}. */
    public List<Path> needed() {
        List<Path> programs = new ArrayList<>();
        for (Path program : new Path[] {claim, release, fence}) {
            if (program != null) {
                programs.add(program);
            }
        }
        return programs;
    }
}
