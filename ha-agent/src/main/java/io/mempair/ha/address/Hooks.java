package io.mempair.ha.address;

import io.mempair.ha.config.HooksConfig;
import io.mempair.ha.config.VirtualAddressConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The operator's programs of one node. Each run gets all variables; those without meaning for an event are empty. */
public final class Hooks {

    private final @Nullable Hook claim;
    private final @Nullable Hook release;
    private final @Nullable Hook notification;
    private final @Nullable Hook fence;

    /**
     * @param node  name of this node
     */
    public Hooks(HooksConfig config, String node, VirtualAddressConfig addresses) {
        Map<String, String> about = Map.of(
                "MEMPAIR_NODE",
                node,
                "MEMPAIR_ADDRESSES",
                addresses.addresses().stream().map(Object::toString).collect(Collectors.joining(" ")),
                "MEMPAIR_INTERFACE",
                addresses.interfaceName(),
                "MEMPAIR_EPOCH",
                "",
                "MEMPAIR_ROLE",
                "",
                "MEMPAIR_OLD_ROLE",
                "",
                "MEMPAIR_REASON",
                "",
                "MEMPAIR_PEER",
                "");
        claim = hook("claim", config.claim(), config, about);
        release = hook("release", config.release(), config, about);
        notification = hook("notify", config.notification(), config, about);
        fence = hook("fence", config.fence(), config, about);
    }

    private static @Nullable Hook hook(
            String event, @Nullable Path program, HooksConfig config, Map<String, String> about) {
        return program == null ? null : new Hook(event, program, config.timeout(), about);
    }

    /** Fences the peer. Returns null on success or without a fence hook. */
    @Nullable
    String fence(long epoch, String peer) {
        return run(fence, Map.of("MEMPAIR_EPOCH", Long.toString(epoch), "MEMPAIR_PEER", peer));
    }

    boolean canFence() {
        return fence != null;
    }

    @Nullable
    String claim(long epoch) {
        return run(claim, Map.of("MEMPAIR_EPOCH", Long.toString(epoch)));
    }

    boolean canClaim() {
        return claim != null;
    }

    @Nullable
    String release(long epoch) {
        return run(release, Map.of("MEMPAIR_EPOCH", Long.toString(epoch)));
    }

    boolean canRelease() {
        return release != null;
    }

    @Nullable
    String notification(Map<String, String> variables) {
        return run(notification, variables);
    }

    boolean canNotify() {
        return notification != null;
    }

    private static @Nullable String run(@Nullable Hook hook, Map<String, String> variables) {
        return hook == null ? null : hook.run(variables);
    }
}
