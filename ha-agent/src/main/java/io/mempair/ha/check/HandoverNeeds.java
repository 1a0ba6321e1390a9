package io.mempair.ha.check;

import io.mempair.ha.config.HooksConfig;
import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a host must let a node do so that it can hand connections over and take them. Any thread. */
public final class HandoverNeeds {

    /** What a line about it in {@code check-config} begins with. */
    public static final String KEY = "group.handover: ";

    private final HooksConfig hooks;
    private final List<Integer> ports;
    private final Supplier<@Nullable String> trial;
    private final ConnectionTracking tracking;
    private final VirtualAddressConfig address;
    private final HoldNeeds hold = new HoldNeeds();

    /** @param trial  tries a socket, and says why it cannot be repaired; null if it can */
    public HandoverNeeds(
            VirtualAddressConfig address, HooksConfig hooks, ProxyConfig proxy, Supplier<@Nullable String> trial) {
        this(address, hooks, proxy, trial, new ConnectionTracking());
    }

    HandoverNeeds(
            VirtualAddressConfig address,
            HooksConfig hooks,
            ProxyConfig proxy,
            Supplier<@Nullable String> trial,
            ConnectionTracking tracking) {
        this.address = address;
        this.hooks = hooks;
        this.ports =
                proxy.listeners().addresses().stream().map(ServerAddress::port).toList();
        this.trial = trial;
        this.tracking = tracking;
    }

    /** What is missing, with a remedy; null if nothing is. Blocks for some seconds at most, usually for milliseconds. */
    public @Nullable String refusal() {
        return refusal(tracking::problem);
    }

    /**
     * The same in the moment of a hand-over, which does not wait for seconds: the firewall's rules are those that
     * {@link #refusal} has read last.
     */
    public @Nullable String refusalNow() {
        return refusal(tracking::problemByLastRules);
    }

    private @Nullable String refusal(Function<List<Integer>, @Nullable String> byTracking) {
        if (hooks.address() == HooksConfig.Holder.HOOKS) {
            return "hooks hold the address, and it cannot be seen that no packet comes any more"
                    + " (remedy: let the guard hold it, virtual-address.interface, or set group.handover: off)";
        }
        String refusal = trial.get();
        return refusal == null ? byTracking.apply(ports) : refusal;
    }

    /** Whether this host tracks connections, so that it must learn of those that are moved here. Reads a small file. */
    public boolean hostTracks() {
        return tracking.isActive();
    }

    /**
     * Why this host cannot keep the packets that come meanwhile, with a remedy; null if it can. Blocks as
     * {@link #refusal}.
     */
    public @Nullable String holdProblem() {
        return hold.problem(address, ports);
    }
}
