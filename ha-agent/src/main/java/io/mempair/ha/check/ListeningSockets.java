package io.mempair.ha.check;

import io.netty.util.NetUtil;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The listening TCP sockets of this host, from {@code /proc/net/tcp} and {@code tcp6}, read at each call. */
final class ListeningSockets {

    private static final String LISTEN = "0A";

    private final Path directory;

    /** @param directory  {@code /proc/net} */
    ListeningSockets(Path directory) {
        this.directory = directory;
    }

    /** A listener that blocks {@code address}: on the same address or on the wildcard address; or null. */
    @Nullable
    String inTheWay(InetAddress address, int port) {
        for (String table : new String[] {"tcp", "tcp6"}) {
            String found = inTheWay(directory.resolve(table), address, port);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable String inTheWay(Path table, InetAddress address, int port) {
        try (BufferedReader lines = Files.newBufferedReader(table)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.strip().split(" +", 5);
                if (words.length == 5 && words[3].equals(LISTEN)) {
                    String found = listener(words[1], address, port);
                    if (found != null) {
                        return found;
                    }
                }
            }
            return null;
        } catch (IOException | IllegalArgumentException e) {
            return null; // an unreadable table is no reason to be unfit
        }
    }

    private static @Nullable String listener(String local, InetAddress address, int port) throws UnknownHostException {
        int colon = local.indexOf(':');
        if (Integer.parseInt(local, colon + 1, local.length(), 16) != port) {
            return null;
        }
        InetAddress listens = InetAddress.getByAddress(bytes(local.substring(0, colon)));
        boolean everywhere = listens.isAnyLocalAddress();
        // a listener on all IPv4 addresses does not block an IPv6 address
        boolean otherKind = listens.getAddress().length == 4 && address.getAddress().length == 16;
        boolean inTheWay = address.isAnyLocalAddress() || (everywhere && !otherKind) || listens.equals(address);
        String host = NetUtil.toAddressString(listens);
        return inTheWay ? (host.indexOf(':') < 0 ? host : '[' + host + ']') + ':' + port : null;
    }

    /** Words of 32 bits in the order of this machine, as the kernel prints them. */
    private static byte[] bytes(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            for (int word = 0; word < bytes.length; word += 4) {
                swap(bytes, word, word + 3);
                swap(bytes, word + 1, word + 2);
            }
        }
        return bytes;
    }

    private static void swap(byte[] bytes, int one, int other) {
        byte kept = bytes[one];
        bytes[one] = bytes[other];
        bytes[other] = kept;
    }
}
