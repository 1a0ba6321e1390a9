package io.mempair.proxy.replication;

/**
 * Progress of a bulk copy to a server.
 *
 * @param seen    keys dumped by the other tier so far
 * @param copied  keys stored on the server
 * @param total   items the other tier's servers reported so far; 0 if none did
 */
public record RefillProgress(long seen, long copied, long total) {}
