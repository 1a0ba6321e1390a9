package io.mempair.proxy.replication;

/**
 * Which process a server is, by what it says in {@code stats}: a restart shows, an outage of the network does not. A process
 * with the same number that started in the same second is taken for the same.
 *
 * @param pid             its process id
 * @param startedSeconds  its start: {@code time} less {@code uptime}, seconds of its own clock
 */
public record ServerIdentity(long pid, long startedSeconds) {

    /** Of a server that does not say. It is always the same, so what it holds is never taken for lost. */
    public static final ServerIdentity UNKNOWN = new ServerIdentity(0, 0);
}
