/** Who is active: events in, decisions out. Pure: no clock, thread, I/O, JGroups or process. */
@NullMarked
package io.mempair.ha.election;

import org.jspecify.annotations.NullMarked;
