package io.mempair.proxy.server;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.metrics.ServerLatencies;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.server.ProxyHealth.ServerTier;

/**
 * How long a server took to answer one kind of request: from handing it to the connection to the end of the reply.
 * Requests without a reply are not counted.
 *
 * @param server     where it is
 * @param tier       its tier in the pool
 * @param command    what it was asked
 * @param histogram  the answers since the server is in the pool
 */
public record ServerLatency(
        ServerAddress server, ServerTier tier, TimedCommand command, ServerLatencies.Histogram histogram) {}
