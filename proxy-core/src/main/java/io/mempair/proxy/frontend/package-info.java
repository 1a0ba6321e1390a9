/** Client connections: framing, order of answers, limits, back-pressure. Confined to their event loop. */
@NullMarked
package io.mempair.proxy.frontend;

import org.jspecify.annotations.NullMarked;
