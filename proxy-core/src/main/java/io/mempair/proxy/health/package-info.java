/** What is known of one connection to a server and what to do next. Pure: fed with outcomes and time. */
@NullMarked
package io.mempair.proxy.health;

import org.jspecify.annotations.NullMarked;
