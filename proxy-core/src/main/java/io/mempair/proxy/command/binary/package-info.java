/** Binary requests carried out, and the answers of servers made binary. Confined to an event loop. */
@NullMarked
package io.mempair.proxy.command.binary;

import org.jspecify.annotations.NullMarked;
