/** The replies a client waits for, in request order. Confined to the client's event loop. */
@NullMarked
package io.mempair.proxy.reply;

import org.jspecify.annotations.NullMarked;
