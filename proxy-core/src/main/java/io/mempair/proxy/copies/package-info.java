/** Reads and writes of two copies of a key: who decides, who follows, the hedge, the wait for the peers. */
@NullMarked
package io.mempair.proxy.copies;

import org.jspecify.annotations.NullMarked;
