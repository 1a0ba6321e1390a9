package io.mempair.proxy.server;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.metrics.ServerLatencies;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.server.ProxyHealth.ServerTier;

/**
 * How long a server took to answer one kind of requests, from their being handed to its connection to the end of the answer.
 * Those without an answer are not in it.
 *
 * @param server     where it is
 * @param tier       its tier in the pool
 * @param command    what it was asked
 * @param histogram  the answers since the server is in the pool
 */
public record ServerLatency(
        ServerAddress server, ServerTier tier, TimedCommand command, ServerLatencies.Histogram histogram) {}
