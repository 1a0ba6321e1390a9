package io.mempair.ha.config;

import io.mempair.proxy.config.RebalancePolicy;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys of the section {@code proxy} that say what a reload does that moves keys. */
final class RebalanceSection {

    private static final String COPY = "copy";
    private static final String OFF = "off";

    private static final List<ConfigKey> ONLY_REBALANCED = List.of(
            ConfigKey.REBALANCE_RATE, ConfigKey.REBALANCE_LEAVING, ConfigKey.REBALANCE_FULL, ConfigKey.REBALANCE_KEEP);

    private RebalanceSection() {}

    static @Nullable RebalancePolicy read(Section section) {
        if (!section.has(ConfigKey.REBALANCE.key())) {
            ONLY_REBALANCED.forEach(key -> ListenSection.needs(section, key, ConfigKey.REBALANCE));
        }
        RebalancePolicy d = RebalancePolicy.OFF;
        boolean copies = section.optional(ConfigKey.REBALANCE, d.copies(), RebalanceSection::copies);
        int rate = section.optional(ConfigKey.REBALANCE_RATE, d.keysPerSecond(), RebalanceSection::rate);
        boolean flushes =
                section.optional(ConfigKey.REBALANCE_LEAVING, d.flushesLeaving(), RebalanceSection::flushesLeaving);
        boolean evicts = section.optional(ConfigKey.REBALANCE_FULL, d.mayEvict(), RebalanceSection::mayEvict);
        Duration keep = section.optional(ConfigKey.REBALANCE_KEEP, d.keep(), RebalanceSection::keep);
        return section.build(() -> new RebalancePolicy(copies, rate, flushes, evicts, keep));
    }

    /** As it is written in the file. */
    static String nameOf(RebalancePolicy policy) {
        return policy.copies() ? COPY : OFF;
    }

    private static boolean copies(String text) {
        return oneOf(text, COPY, OFF).equals(COPY);
    }

    private static int rate(String text) {
        return new RebalancePolicy(false, ProxyValues.number(text), true).keysPerSecond();
    }

    private static boolean flushesLeaving(String text) {
        return oneOf(text, "flush", "leave").equals("flush");
    }

    private static Duration keep(String text) {
        return new RebalancePolicy(false, 1, true, false, Quantity.duration(text)).keep();
    }

    private static boolean mayEvict(String text) {
        return oneOf(text, "evict", "refuse").equals("evict");
    }

    private static String oneOf(String text, String one, String other) {
        if (!text.equals(one) && !text.equals(other)) {
            throw new IllegalArgumentException("'" + text + "' (expected: " + one + " or " + other + ')');
        }
        return text;
    }
}
