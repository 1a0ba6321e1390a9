/** The meta commands: their lines taken apart and checked. Pure. Source: memcached doc/protocol.txt, "Meta Commands". */
@NullMarked
package io.mempair.proxy.protocol.meta;

import org.jspecify.annotations.NullMarked;
