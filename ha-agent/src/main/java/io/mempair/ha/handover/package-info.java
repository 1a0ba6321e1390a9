/** The hand-over of client connections to the peer: what each side does next. Pure; the agent carries it out. */
@NullMarked
package io.mempair.ha.handover;

import org.jspecify.annotations.NullMarked;
