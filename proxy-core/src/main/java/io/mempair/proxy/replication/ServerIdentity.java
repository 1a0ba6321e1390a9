package io.mempair.proxy.replication;

/**
 * Identity of a server process, from {@code stats}. It changes at a restart but not at a network outage. A process with
 * the same id that started in the same second counts as the same.
 *
 * @param pid             its process id
 * @param startedSeconds  its start: {@code time} minus {@code uptime}, seconds of its own clock
 */
public record ServerIdentity(long pid, long startedSeconds) {

    /** The server does not report an identity. It never changes, so a restart goes unnoticed. */
    public static final ServerIdentity UNKNOWN = new ServerIdentity(0, 0);
}
