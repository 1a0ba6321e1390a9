/** Executes clients' requests: picks the servers and builds the replies. Confined to an event loop. */
@NullMarked
package io.mempair.proxy.command;

import org.jspecify.annotations.NullMarked;
