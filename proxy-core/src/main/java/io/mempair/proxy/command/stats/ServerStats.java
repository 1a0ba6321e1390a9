package io.mempair.proxy.command.stats;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.protocol.Stat;
import java.util.List;

/**
 * One server's reply.
 *
 * @param server  the server
 * @param stats   in its order
 */
record ServerStats(ServerAddress server, List<Stat> stats) {}
