package io.mempair.proxy.frontend;

import io.mempair.proxy.command.CommandDispatcher;
import io.mempair.proxy.command.MetaDispatcher;
import io.mempair.proxy.command.binary.BinaryDispatcher;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.protocol.meta.MetaRequestParser;
import io.mempair.proxy.protocol.text.TextRequestParser;

/**
 * State shared by the clients of one event loop.
 *
 * @param loop        the loop
 * @param plan        the servers and limits of this moment
 * @param parser      taken in turn: a request is carried out before the next line is read
 * @param dispatcher  carries classic requests out
 * @param metaParser  taken in turn as {@code parser}
 * @param meta        carries meta commands out
 * @param binary      carries binary requests out
 */
record LoopServices(
        LoopContext loop,
        ServingPlan plan,
        TextRequestParser parser,
        CommandDispatcher dispatcher,
        MetaRequestParser metaParser,
        MetaDispatcher meta,
        BinaryDispatcher binary) {}
