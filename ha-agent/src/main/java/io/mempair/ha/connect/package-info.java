/** How an attempt to connect ended. */
@NullMarked
package io.mempair.ha.connect;

import org.jspecify.annotations.NullMarked;
