package io.mempair.proxy.frontend;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.frontend.request.CommandDispatcher;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.protocol.text.TextRequestParser;

/**
 * What the clients of one event loop share.
 *
 * @param loop        the loop
 * @param pool        its connections to the servers
 * @param parser      taken in turn: a request is carried out before the next line is read
 * @param dispatcher  carries requests out
 * @param limits      what clients may use
 */
record LoopServices(
        LoopContext loop, Pool pool, TextRequestParser parser, CommandDispatcher dispatcher, ClientLimits limits) {}
