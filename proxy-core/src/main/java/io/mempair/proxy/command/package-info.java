/** Requests of clients carried out: to which servers they go, and what the client hears. Confined to an event loop. */
@NullMarked
package io.mempair.proxy.command;

import org.jspecify.annotations.NullMarked;
