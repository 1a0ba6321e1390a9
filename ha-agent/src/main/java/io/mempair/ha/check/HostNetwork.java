package io.mempair.ha.check;

import io.mempair.ha.config.VirtualAddressConfig;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.function.Function;

/**
 * Checks the floating addresses against this host's interfaces, read from the kernel each time. One thread at a time.
 */
final class HostNetwork implements Function<VirtualAddressConfig, List<String>> {

    /** Whether they once fitted: an own address that disappears briefly is no reason to stop serving. */
    private boolean fitted;

    @Override
    public List<String> apply(VirtualAddressConfig config) {
        String name = config.interfaceName();
        try {
            NetworkInterface nic = NetworkInterface.getByName(name);
            if (nic == null) {
                return List.of("virtual-address.interface: " + name
                        + " is not on this host: `ip link` lists the interfaces there are");
            }
            if (nic.isLoopback()) {
                return List.of("virtual-address.interface: " + name
                        + " is this host alone: choose the interface of the clients' network");
            }
            if (fitted) {
                return List.of();
            }
            List<String> misfits = OwnNetworks.of(config).problems(config);
            fitted = misfits.isEmpty();
            return misfits;
        } catch (SocketException e) {
            return List.of("virtual-address.interface: " + name + " cannot be read: " + e.getMessage());
        }
    }
}
