package io.mempair.ha.address;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;

/** What the interfaces of this host carry, read from the kernel each time. Any thread. */
final class Interfaces {

    private Interfaces() {}

    /** Whether the interface carries the address, whatever its prefix length. */
    static boolean carries(String interfaceName, String address) {
        try {
            NetworkInterface nic = NetworkInterface.getByName(interfaceName);
            if (nic == null) {
                return false;
            }
            byte[] wanted = InetAddress.getByName(address).getAddress();
            return nic.inetAddresses().anyMatch(found -> Arrays.equals(found.getAddress(), wanted));
        } catch (SocketException | UnknownHostException e) {
            return false;
        }
    }
}
