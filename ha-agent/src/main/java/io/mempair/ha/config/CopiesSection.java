package io.mempair.ha.config;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.MemoryPlan;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The keys of the section {@code proxy} that say how two copies are maintained. */
final class CopiesSection {

    private CopiesSection() {}

    /** @param servers  of both tiers, which share the memory for journals; 0 if there is but one copy */
    static @Nullable CopyPolicy read(Section section, int servers) {
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
