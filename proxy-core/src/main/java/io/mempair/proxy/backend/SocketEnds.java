package io.mempair.proxy.backend;

import java.net.InetSocketAddress;

/**
 * Both ends of a connection to a server, by which somebody outside this process can find it in the kernel.
 *
 * @param local   this process's end
 * @param server  the server's end
 */
public record SocketEnds(InetSocketAddress local, InetSocketAddress server) {}
