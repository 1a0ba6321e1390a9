/** One connection to one server: queue of requests in flight, timeouts, reconnect. Confined to its event loop. */
@NullMarked
package io.mempair.proxy.backend;

import org.jspecify.annotations.NullMarked;
