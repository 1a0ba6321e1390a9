/** Checks whether this node is fit to be active, with a remedy for each problem. */
@NullMarked
package io.mempair.ha.check;

import org.jspecify.annotations.NullMarked;
