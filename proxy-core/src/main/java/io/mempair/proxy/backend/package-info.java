/** One connection to one server: in-flight queue, timeouts, reconnect. Confined to its event loop. */
@NullMarked
package io.mempair.proxy.backend;

import org.jspecify.annotations.NullMarked;
