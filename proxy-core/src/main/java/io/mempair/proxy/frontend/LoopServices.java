package io.mempair.proxy.frontend;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.frontend.request.CommandDispatcher;
import io.mempair.proxy.frontend.request.MetaDispatcher;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.protocol.meta.MetaRequestParser;
import io.mempair.proxy.protocol.text.TextRequestParser;

/**
 * What the clients of one event loop share.
 *
 * @param loop        the loop
 * @param pool        its connections to the servers
 * @param parser      taken in turn: a request is carried out before the next line is read
 * @param dispatcher  carries classic requests out
 * @param metaParser  taken in turn as {@code parser}
 * @param meta        carries meta commands out
 * @param limits      what clients may use
 */
record LoopServices(
        LoopContext loop,
        Pool pool,
        TextRequestParser parser,
        CommandDispatcher dispatcher,
        MetaRequestParser metaParser,
        MetaDispatcher meta,
        ClientLimits limits) {}
