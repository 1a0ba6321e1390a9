package io.mempair.ha.address;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.config.VirtualAddressConfig.Cidr;
import io.mempair.ha.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unsolicited reports of the guard, and the resulting messages to the operator: another host answers for an address, or
 * somebody else put an address on this host. Any thread.
 */
final class GuardRemarks {

    private static final Logger LOG = LoggerFactory.getLogger(GuardRemarks.class);

    /** An active node probes twice a minute; a host not seen again within this time is gone. */
    private static final Duration CONFLICT_LASTS = Duration.ofSeconds(70);

    private record AddressConflict(String mac, long seenNanos) {}

    private final VirtualAddressConfig config;
    private final Clock clock;
    private final AtomicLong conflicts = new AtomicLong();

    /** Keyed by the configured address. Guarded by this, like all fields below. */
    private final Map<String, AddressConflict> others = new HashMap<>();

    /** Addresses on this host that no guard added; the value is their form in `ip`. */
    private final Map<String, String> foreign = new HashMap<>();

    private @Nullable String unpromoted;

    GuardRemarks(VirtualAddressConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    /** Handles the line if it is a report; returns whether it is one. */
    boolean onLine(String line) {
        String[] words = line.split(" ", 3);
        switch (words[0]) {
            case "conflict" -> onConflict(words[1], words[2]);
            case "foreign" -> onForeign(words[1]);
            case "unpromoted" -> onUnpromoted();
            default -> {
                return false;
            }
        }
        return true;
    }

    private synchronized void onConflict(String address, String mac) {
        conflicts.incrementAndGet();
        LOG.atWarn()
                .addKeyValue("address", address)
                .addKeyValue("mac", mac)
                .log("another host answers for a virtual address: {} {} event=address_conflict", address, mac);
        others.put(address, new AddressConflict(mac, clock.nanoTime()));
    }

    private synchronized void onForeign(String found) {
        String address = found.substring(0, found.indexOf('/'));
        for (Cidr cidr : config.addresses()) {
            if (Interfaces.isSame(cidr.address(), address) && foreign.put(cidr.address(), found) == null) {
                LOG.warn("left alone: {}", remedy(found));
            }
        }
    }

    private synchronized void onUnpromoted() {
        // with slashes, because an interface name may contain dots (eth0.100)
        String setting = "net/ipv4/conf/" + config.interfaceName() + "/promote_secondaries";
        unpromoted = setting + " cannot be set to 1 here: if a virtual address is the first of its subnet on "
                + config.interfaceName() + ", the kernel takes this host's own away with it: sysctl -w " + setting
                + "=1";
        LOG.warn("{}", unpromoted);
    }

    private String remedy(String found) {
        String dev = config.interfaceName();
        return "virtual-address.address: " + found + " is on " + dev + ", and not by mempair: stop what put it there"
                + " (keepalived?), or choose an address that is no host's own; then ip addr del " + found + " dev "
                + dev;
    }

    /** Every address was claimed by this node. */
    synchronized void onClaimed() {
        foreign.clear();
    }

    /** Those of {@code carried} that a guard added or will remove; forgets foreign addresses that are gone. */
    synchronized List<Cidr> own(List<Cidr> carried) {
        foreign.keySet()
                .removeIf(address ->
                        carried.stream().noneMatch(cidr -> cidr.address().equals(address)));
        return carried.stream()
                .filter(cidr -> !foreign.containsKey(cidr.address()))
                .toList();
    }

    /** Problems that prevent this node from holding the address. */
    synchronized List<String> problems() {
        return foreign.values().stream().sorted().map(this::remedy).toList();
    }

    /** Warnings that do not prevent serving. */
    synchronized List<String> warnings() {
        List<String> all = new ArrayList<>();
        others.values().removeIf(other -> clock.nanoTime() - other.seenNanos() > CONFLICT_LASTS.toNanos());
        others.forEach((address, other) ->
                all.add("address conflict: another host answers for " + address + ": find it by " + other.mac()));
        if (unpromoted != null) {
            all.add(unpromoted);
        }
        return all;
    }

    /** Number of replies of other hosts for one of the addresses. */
    long conflicts() {
        return conflicts.get();
    }
}
