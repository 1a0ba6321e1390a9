/** What the memcached protocols have in common: commands, limits, numbers. Pure; independent of routing. */
@NullMarked
package io.mempair.proxy.protocol;

import org.jspecify.annotations.NullMarked;
