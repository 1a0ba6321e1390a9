package io.mempair.ha.check;

import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Whether this host has an address that is to be its own, and whether a port can be opened on it. Both may come late in a boot:
 * an IPv6 address cannot be used before its search for duplicates has ended. Any thread.
 */
public final class OwnAddress {

    private static final String LIST = "`ip addr` lists those there are";

    private OwnAddress() {}

    /**
     * What is wrong with that address now, with the remedy; null if nothing is.
     *
     * @param key   names it, as in the file
     * @param host  an address, or a name of one
     */
    public static @Nullable String problem(String key, String host) {
        try {
            InetAddress address = InetAddress.getByName(host);
            if (address.isAnyLocalAddress()) {
                return null;
            }
            if (NetworkInterface.getByInetAddress(address) == null) {
                return key + ": " + host + " is not an address of this host: " + LIST;
            }
            if (address instanceof Inet6Address && !canOpen(address)) {
                return key + ": " + host
                        + " cannot be used yet: the search for duplicates of an IPv6 address goes on for a second or"
                        + " two, or has found another host that has it: `ip -6 addr` says tentative or dadfailed";
            }
            return null;
        } catch (UnknownHostException e) {
            return key + ": '" + host + "' is not an address";
        } catch (SocketException e) {
            return key + ": the addresses of this host cannot be read: " + e.getMessage();
        }
    }

    /**
     * Whether no port at all can be opened there, so that it is not the port that is in use. Which of the two reasons a bind
     * failed for is in the kernel's words only, so it is asked in another way.
     */
    public static boolean isNotHereYet(InetSocketAddress address) {
        return !address.isUnresolved() && !canOpen(address.getAddress());
    }

    private static boolean canOpen(InetAddress address) {
        try (ServerSocket anyPort = new ServerSocket()) {
            anyPort.bind(new InetSocketAddress(address, 0));
            return true;
        } catch (BindException notHere) {
            return false;
        } catch (IOException other) {
            return true;
        }
    }
}
