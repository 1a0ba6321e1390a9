/** The servers of a pool on one event loop. */
@NullMarked
package io.mempair.proxy.pool;

import org.jspecify.annotations.NullMarked;
