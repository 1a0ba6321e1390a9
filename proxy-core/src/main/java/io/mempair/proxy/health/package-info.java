/** Policies of one connection to a server. Pure: fed with outcomes and time. */
@NullMarked
package io.mempair.proxy.health;

import org.jspecify.annotations.NullMarked;
