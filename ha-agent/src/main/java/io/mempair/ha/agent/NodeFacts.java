package io.mempair.ha.agent;

import io.mempair.ha.config.VirtualAddressConfig;
import java.util.List;

/**
 * What does not change while a member runs.
 *
 * @param addresses      the virtual addresses, with their prefix length; empty for a witness and a proxy alone
 * @param interfaceName  the network interface that carries them; empty without
 */
public record NodeFacts(List<String> addresses, String interfaceName) {

    /** Of a member without an address. */
    public static final NodeFacts NONE = new NodeFacts(List.of(), "");

    public NodeFacts {
        addresses = List.copyOf(addresses);
    }

    static NodeFacts of(VirtualAddressConfig config) {
        return new NodeFacts(config.addresses().stream().map(Object::toString).toList(), config.interfaceName());
    }
}
