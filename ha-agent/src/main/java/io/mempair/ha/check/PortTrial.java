package io.mempair.ha.check;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.proxy.config.ServerAddress;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether the client ports could be opened, on a node that has not opened them. Binds a socket without
 * listening, so nobody can connect. A floating address is not on this host yet: a loopback address represents it,
 * because only a listener on the wildcard address can block it. Reports only conflicts that the kernel's table of
 * listeners confirms. One thread.
 */
final class PortTrial {

    private static final String STANDS_FOR_IPV4 = "127.77.0.1";
    private static final String STANDS_FOR_IPV6 = "::1";

    private final List<ServerAddress> listen;
    private final VirtualAddressConfig floating;
    private final BooleanSupplier open;
    private final ListeningSockets sockets;
    private List<String> foundLast = List.of();
    private boolean looked;

    /**
     * @param listen  where clients connect
     * @param open    whether this process has already opened the ports
     */
    PortTrial(
            List<ServerAddress> listen, VirtualAddressConfig floating, BooleanSupplier open, ListeningSockets sockets) {
        this.listen = List.copyOf(listen);
        this.floating = floating;
        this.open = open;
        this.sockets = sockets;
    }

    /**
     * The conflicts, each with its remedy. Reported when found twice, because this process may just be opening its
     * ports; at the first check immediately.
     */
    List<String> look() {
        if (open.getAsBoolean()) {
            foundLast = List.of();
            looked = true;
            return List.of();
        }
        List<String> found = new ArrayList<>();
        for (ServerAddress address : listen) {
            String problem = problem(address);
            if (problem != null) {
                found.add(problem);
            }
        }
        boolean sure = !looked || foundLast.equals(found);
        looked = true;
        foundLast = List.copyOf(found);
        return sure && !open.getAsBoolean() ? foundLast : List.of();
    }

    private @Nullable String problem(ServerAddress address) {
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(address.host());
        if (literal == null || canBind(standsFor(address.host(), literal), address.port())) {
            return null;
        }
        String other = sockets.inTheWay(literal, address.port());
        return other == null
                ? null
                : "proxy.listen: " + address + " cannot be opened, because a process of this host listens on " + other
                        + ": see which with `ss -ltnp`, have it listen on another address or port, or choose another"
                        + " port here";
    }

    private String standsFor(String host, InetAddress literal) {
        if (!floating.contains(host)) {
            return host;
        }
        return literal.getAddress().length == 4 ? STANDS_FOR_IPV4 : STANDS_FOR_IPV6;
    }

    private static boolean canBind(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
