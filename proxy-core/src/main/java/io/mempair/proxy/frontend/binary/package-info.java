/** Binary requests carried out, and the answers of servers made binary. Confined to an event loop. */
@NullMarked
package io.mempair.proxy.frontend.binary;

import org.jspecify.annotations.NullMarked;
