/** Executes binary requests and converts server replies to binary responses. Confined to an event loop. */
@NullMarked
package io.mempair.proxy.command.binary;

import org.jspecify.annotations.NullMarked;
