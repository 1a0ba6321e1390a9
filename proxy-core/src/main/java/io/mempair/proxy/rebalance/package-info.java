/** Decisions of a rebalance: which step follows which event, and which keys must be copied again. Pure. */
@NullMarked
package io.mempair.proxy.rebalance;

import org.jspecify.annotations.NullMarked;
