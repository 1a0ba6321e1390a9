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
 * What the guard says without having been asked, and what the operator should hear of it: another host that answers for
 * an address, an address that somebody else put on this host. Any thread.
 */
final class GuardRemarks {

    private static final Logger LOG = LoggerFactory.getLogger(GuardRemarks.class);

    /** An active node looks twice a minute; who was not met again in this time is gone. */
    private static final Duration CONFLICT_LASTS = Duration.ofSeconds(70);

    private record AddressConflict(String mac, long seenNanos) {}

    private final VirtualAddressConfig config;
    private final Clock clock;
    private final AtomicLong conflicts = new AtomicLong();

    /** Guarded by this, as all below: by the address, as the operator wrote it. */
    private final Map<String, AddressConflict> others = new HashMap<>();

    /** Addresses on this host that no guard put there; the value is what `ip` calls them. */
    private final Map<String, String> foreign = new HashMap<>();

    private @Nullable String unpromoted;

    GuardRemarks(VirtualAddressConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    /** Whether the line was a remark; takes it in then. */
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
        LOG.warn("another host answers for a virtual address: {} {}", address, mac);
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
        // with slashes, because the name of an interface may have dots (eth0.100)
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

    /** Every address was claimed: it is this node's. */
    synchronized void onClaimed() {
        foreign.clear();
    }

    /** Those of {@code carried} that a guard put there, or will remove; the rest is forgotten once it is gone. */
    synchronized List<Cidr> own(List<Cidr> carried) {
        foreign.keySet()
                .removeIf(address ->
                        carried.stream().noneMatch(cidr -> cidr.address().equals(address)));
        return carried.stream()
                .filter(cidr -> !foreign.containsKey(cidr.address()))
                .toList();
    }

    /** What keeps the address from being held here. */
    synchronized List<String> problems() {
        return foreign.values().stream().sorted().map(this::remedy).toList();
    }

    /** What an operator should know, and serving goes on. */
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

    /** How often another host was heard to answer for one of the addresses. */
    long conflicts() {
        return conflicts.get();
    }
}
