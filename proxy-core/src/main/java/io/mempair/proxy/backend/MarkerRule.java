package io.mempair.proxy.backend;

/**
 * Whether a server that holds the marker of a rebalance may be used. Such a server may hold copies that nobody keeps equal any
 * more. Any thread.
 */
public interface MarkerRule {

    /** The key of the marker. */
    String KEY = "mempair:move";

    /**
     * A new connection to that server has found a marker.
     *
     * @param marker  its value
     * @return whether the connection may be used; if not, it is dropped and made again later
     */
    boolean admits(ServerState server, String marker);
}
