/** The answers a client waits for, in the order it asked. Confined to the client's event loop. */
@NullMarked
package io.mempair.proxy.reply;

import org.jspecify.annotations.NullMarked;
