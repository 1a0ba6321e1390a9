package io.mempair.ha.admin;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Tells an address that this host does not have yet from a port that somebody else has. */
final class LateAddress {

    private LateAddress() {}

    /**
     * Whether no port can be opened on it: it comes later in the boot, or is an IPv6 address whose probing has not ended.
     * Which of the two reasons a bind failed for is in the kernel's words only, so it is asked in another way.
     */
    static boolean isNotHereYet(InetSocketAddress address) {
        if (address.isUnresolved()) {
            return false;
        }
        try (ServerSocket anyPort = new ServerSocket()) {
            anyPort.bind(new InetSocketAddress(address.getAddress(), 0));
            return false;
        } catch (BindException notHere) {
            return true;
        } catch (IOException other) {
            return false;
        }
    }
}
