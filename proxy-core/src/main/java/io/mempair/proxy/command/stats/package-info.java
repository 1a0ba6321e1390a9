/** {@code stats} over several servers: who is asked, and how many answers become one. Merging is pure. */
@NullMarked
package io.mempair.proxy.command.stats;

import org.jspecify.annotations.NullMarked;
