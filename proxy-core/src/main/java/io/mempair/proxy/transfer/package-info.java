/** Carries out a rebalance: marks servers, copies keys that move, and deletes what is left behind. */
@NullMarked
package io.mempair.proxy.transfer;

import org.jspecify.annotations.NullMarked;
