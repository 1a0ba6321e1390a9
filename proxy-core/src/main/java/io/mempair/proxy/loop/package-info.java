/** State shared by the connections of one event loop: the time of the turn, one flush at its end, output batches. */
@NullMarked
package io.mempair.proxy.loop;

import org.jspecify.annotations.NullMarked;
