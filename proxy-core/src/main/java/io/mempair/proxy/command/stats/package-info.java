/** {@code stats} over several servers: which servers are asked and how their replies are merged. Merging is pure. */
@NullMarked
package io.mempair.proxy.command.stats;

import org.jspecify.annotations.NullMarked;
