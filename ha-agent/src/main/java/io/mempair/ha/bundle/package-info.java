/** One archive for who helps an operator: how it is written, and what is not written into it. */
@NullMarked
package io.mempair.ha.bundle;

import org.jspecify.annotations.NullMarked;
