/** The meters of the pair, each declared once. */
@NullMarked
package io.mempair.ha.metrics;

import org.jspecify.annotations.NullMarked;
