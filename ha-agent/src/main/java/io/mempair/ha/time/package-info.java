/** The only clock and timer. Everything else is told what time it is. */
@NullMarked
package io.mempair.ha.time;

import org.jspecify.annotations.NullMarked;
