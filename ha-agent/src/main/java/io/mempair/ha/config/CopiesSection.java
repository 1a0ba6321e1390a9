package io.mempair.ha.config;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.MemoryPlan;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys of the section {@code proxy} that say how two copies are maintained. */
final class CopiesSection {

    private static final List<ConfigKey> ONLY_TWO_COPIES = List.of(
            ConfigKey.ACKNOWLEDGE,
            ConfigKey.HEDGE,
            ConfigKey.JOURNAL_BYTES,
            ConfigKey.REFILL_RATE,
            ConfigKey.REFILL_FOR,
            ConfigKey.REFILL_LIFETIME,
            ConfigKey.LAST_COPY_WAIT);

    private CopiesSection() {}

    /** @param servers  of both tiers, which share the memory for journals; 0 if there is but one copy */
    static @Nullable CopyPolicy read(Section section, int servers) {
        if (!section.has(ConfigKey.BACKUPS.key())) {
            ONLY_TWO_COPIES.forEach(key -> ListenSection.needs(section, key, ConfigKey.BACKUPS));
        }
        CopyPolicy d = CopyPolicy.DEFAULT;
        MemoryPlan memory = MemoryPlan.ofThisProcess();
        CopyPolicy.Acknowledge acknowledge =
                section.optional(ConfigKey.ACKNOWLEDGE, d.acknowledge(), ProxyValues::acknowledge);
        boolean hedge = section.optional(ConfigKey.HEDGE, d.hedge(), ProxyValues::flag);
        int journalBytes = section.optional(
                ConfigKey.JOURNAL_BYTES, memory.defaultJournalBytes(servers), ProxyValues::journalBytes);
        int rate = section.optional(ConfigKey.REFILL_RATE, d.refillKeysPerSecond(), ProxyValues::refillRate);
        Duration refillFor = section.optional(ConfigKey.REFILL_FOR, d.refillFor(), ProxyValues::refillFor);
        Duration lifetime =
                section.optional(ConfigKey.REFILL_LIFETIME, d.refillLifetime(), ProxyValues::refillLifetime);
        Duration wait = section.optional(ConfigKey.LAST_COPY_WAIT, d.lastCopyWait(), ProxyValues::lastCopyWait);
        return section.build(() -> memory.require(
                new CopyPolicy(acknowledge, hedge, journalBytes, rate, refillFor, lifetime, wait), servers));
    }
}
