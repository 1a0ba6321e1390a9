package io.mempair.ha.agent;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.proxy.config.ListenerConfig;
import io.mempair.proxy.config.ServerAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What does not change while a member runs.
 *
 * @param addresses      the virtual addresses, with their prefix length; empty for a witness and a proxy alone
 * @param interfaceName  the network interface that carries them; empty without
 * @param clients        where clients reach it without TLS, the first of several; null if there is no such port
 */
public record NodeFacts(
        List<String> addresses,
        String interfaceName,
        @Nullable ServerAddress clients) {

    /** Of a member without an address. */
    public static final NodeFacts NONE = new NodeFacts(List.of(), "", null);

    public NodeFacts {
        addresses = List.copyOf(addresses);
    }

    static NodeFacts of(VirtualAddressConfig config, ListenerConfig listeners) {
        String virtual = config.addresses().get(0).address();
        ServerAddress clients = listeners.tcp().isEmpty()
                ? null
                : new ServerAddress(virtual, listeners.tcp().get(0).port());
        return new NodeFacts(
                config.addresses().stream().map(Object::toString).toList(), config.interfaceName(), clients);
    }
}
