package io.mempair.proxy.replication;

/**
 * How far the copying of all keys to a server is.
 *
 * @param seen    keys the other tier has named so far
 * @param copied  keys the server has got
 * @param total   keys the other tier's servers hold, as far as they were asked; 0 if none said
 */
public record RefillProgress(long seen, long copied, long total) {}
