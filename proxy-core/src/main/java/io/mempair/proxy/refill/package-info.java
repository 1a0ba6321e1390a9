/** The copy of one item from one server to another, and the backlog of such copies. */
@NullMarked
package io.mempair.proxy.refill;

import org.jspecify.annotations.NullMarked;
