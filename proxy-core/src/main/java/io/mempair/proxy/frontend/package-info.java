/** Client connections: framing, limits, backpressure. Confined to their event loop. */
@NullMarked
package io.mempair.proxy.frontend;

import org.jspecify.annotations.NullMarked;
